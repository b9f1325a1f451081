// SPDX-License-Identifier: Apache-2.0
package assay.interop;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.DatagramChannel;

/**
 * What a NAT does to a device: the port that the server sees may change in the
 * middle, and the device does not notice.
 */
public final class Relay {

    private static final int DATAGRAM_MAX = 65535;

    private final InetSocketAddress server;
    private final DatagramChannel inside;
    private volatile DatagramChannel outside;
    private volatile SocketAddress device;

    public Relay(URI uri) throws IOException {
        server = new InetSocketAddress(uri.getHost(), uri.getPort());
        inside = bound();
        outside = bound();
        start(this::fromDevice);
        DatagramChannel first = outside;
        start(() -> fromServer(first));
    }

    /** Where the device has to send to instead. */
    public URI uri(String scheme) throws IOException {
        InetSocketAddress here = (InetSocketAddress) inside.getLocalAddress();
        return URI.create(scheme + "://" + server.getHostString() + ":"
                + here.getPort());
    }

    /** From here on the server sees another port, and the old one is gone. */
    public void rebind() throws IOException {
        DatagramChannel old = outside;
        DatagramChannel fresh = bound();
        outside = fresh;
        start(() -> fromServer(fresh));
        old.close();
    }

    private DatagramChannel bound() throws IOException {
        return DatagramChannel.open()
                .bind(new InetSocketAddress(server.getHostString(), 0));
    }

    private static void start(Runnable body) {
        Thread thread = new Thread(body, "relay");
        thread.setDaemon(true);
        thread.start();
    }

    private void fromDevice() {
        ByteBuffer buffer = ByteBuffer.allocate(DATAGRAM_MAX);
        try {
            while (true) {
                buffer.clear();
                device = inside.receive(buffer);
                buffer.flip();
                outside.send(buffer, server);
            }
        } catch (IOException e) {
            System.err.println("relay: " + e);
        }
    }

    private void fromServer(DatagramChannel from) {
        ByteBuffer buffer = ByteBuffer.allocate(DATAGRAM_MAX);
        try {
            while (true) {
                buffer.clear();
                from.receive(buffer);
                buffer.flip();
                inside.send(buffer, device);
            }
        } catch (AsynchronousCloseException e) {
            // That is how rebind() ends this thread.
        } catch (IOException e) {
            System.err.println("relay: " + e);
        }
    }
}
