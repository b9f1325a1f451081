// SPDX-License-Identifier: Apache-2.0
package assay.interop;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.DatagramChannel;
import java.util.HashSet;
import java.util.Set;

/**
 * What lies between a device and its server: datagrams get lost, and the port
 * that the server sees changes in the middle, as at a NAT.
 */
public final class Relay {

    private static final int DATAGRAM_MAX = 65535;

    private final InetSocketAddress server;
    private final int drop;
    private final DatagramChannel inside;
    private volatile DatagramChannel outside;
    private volatile SocketAddress device;

    /** @param drop {@link Options#drop} */
    private Relay(URI uri, int drop) throws IOException {
        this.drop = drop;
        server = new InetSocketAddress(uri.getHost(), uri.getPort());
        inside = bound();
        outside = bound();
        start(this::fromDevice);
        DatagramChannel first = outside;
        start(() -> fromServer(first));
    }

    /** @return null when nothing is to happen on the way */
    public static Relay of(Options options) throws IOException {
        return options.rebind || options.drop > 0
                ? new Relay(options.server, options.drop)
                : null;
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

    /**
     * Of one direction. What comes again passes: a third of everything would
     * hit the same message each time, as soon as three of them take turns.
     */
    private final class Loss {

        private final Set<ByteBuffer> seen = new HashSet<>();
        private int count;

        boolean takes(ByteBuffer datagram) {
            if (drop == 0) {
                return false;
            }
            ByteBuffer copy = ByteBuffer.allocate(datagram.remaining());
            copy.put(datagram.duplicate()).flip();
            return seen.add(copy) && ++count % drop == 0;
        }
    }

    private void fromDevice() {
        ByteBuffer buffer = ByteBuffer.allocate(DATAGRAM_MAX);
        Loss loss = new Loss();
        try {
            while (true) {
                buffer.clear();
                device = inside.receive(buffer);
                buffer.flip();
                if (!loss.takes(buffer)) {
                    outside.send(buffer, server);
                }
            }
        } catch (IOException e) {
            System.err.println("relay: " + e);
        }
    }

    private void fromServer(DatagramChannel from) {
        ByteBuffer buffer = ByteBuffer.allocate(DATAGRAM_MAX);
        Loss loss = new Loss();
        try {
            while (true) {
                buffer.clear();
                from.receive(buffer);
                buffer.flip();
                if (!loss.takes(buffer)) {
                    inside.send(buffer, device);
                }
            }
        } catch (AsynchronousCloseException e) {
            // That is how rebind() ends this thread.
        } catch (IOException e) {
            System.err.println("relay: " + e);
        }
    }
}
