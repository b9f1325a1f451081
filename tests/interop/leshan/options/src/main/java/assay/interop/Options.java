// SPDX-License-Identifier: Apache-2.0
package assay.interop;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.HexFormat;

/** What the command line says; both devices understand the same. */
public final class Options {

    public URI server;
    public String endpoint = "leshan";
    public long lifetime = 300;
    public boolean queue;
    /** Length of our DTLS Connection ID in bytes; -1: do not offer any. */
    public int cid = -1;
    /** A new handshake, which resumes the session, before each Update. */
    public boolean reconnect;
    /** The port that the server sees changes before each Update. */
    public boolean rebind;
    /** Each so manieth datagram is lost, unless it is a repetition; 0: none. */
    public int drop;
    public byte[] pskIdentity;
    public byte[] pskKey;
    public byte[] certificate;
    public byte[] key;
    /** What the server's certificate has to come from (1.1) or be (1.0). */
    public byte[] ca;

    public static final String USAGE = "usage: --server coap[s]://HOST:PORT"
            + " [--endpoint NAME] [--lifetime S] [--queue]"
            + " [--psk-identity TEXT --psk-key HEX]"
            + " [--cert FILE --key FILE --ca FILE] [--cid LENGTH]"
            + " [--reconnect] [--rebind] [--drop N]";

    /** @throws IllegalArgumentException with a text for the user */
    public static Options parse(String[] arguments) {
        Options options = new Options();
        int next = 0;
        while (next < arguments.length) {
            String name = arguments[next++];
            switch (name) {
            case "--queue" -> options.queue = true;
            case "--reconnect" -> options.reconnect = true;
            case "--rebind" -> options.rebind = true;
            default -> {
                if (next == arguments.length) {
                    throw new IllegalArgumentException(USAGE);
                }
                options.set(name, arguments[next++]);
            }
            }
        }
        if (options.server == null) {
            throw new IllegalArgumentException(USAGE);
        }
        return options;
    }

    private void set(String name, String value) {
        switch (name) {
        case "--server" -> server = URI.create(value);
        case "--endpoint" -> endpoint = value;
        case "--lifetime" -> lifetime = Long.parseLong(value);
        case "--drop" -> drop = Integer.parseInt(value);
        case "--cid" -> cid = Integer.parseInt(value);
        case "--psk-identity" ->
            pskIdentity = value.getBytes(StandardCharsets.UTF_8);
        case "--psk-key" -> pskKey = HexFormat.of().parseHex(value);
        case "--cert" -> certificate = certificate(value);
        case "--ca" -> ca = certificate(value);
        case "--key" -> key = privateKey(value);
        default -> throw new IllegalArgumentException(USAGE);
        }
    }

    private static byte[] certificate(String file) {
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            Certificate read = CertificateFactory.getInstance("X.509")
                    .generateCertificate(in);
            return read.getEncoded();
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage());
        }
    }

    /** PKCS #8 in PEM, as 'openssl pkcs8 -topk8 -nocrypt' writes it. */
    private static byte[] privateKey(String file) {
        try {
            String text = Files.readString(Path.of(file));
            return Base64.getMimeDecoder()
                    .decode(text.replaceAll("-----[A-Z ]+-----", ""));
        } catch (IOException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage());
        }
    }
}
