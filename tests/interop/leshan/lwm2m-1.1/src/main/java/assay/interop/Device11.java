// SPDX-License-Identifier: Apache-2.0
package assay.interop;

import java.io.IOException;
import java.net.URI;
import java.util.EnumSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.leshan.client.LeshanClient;
import org.eclipse.leshan.client.LeshanClientBuilder;
import org.eclipse.leshan.client.californium.endpoint.CaliforniumClientEndpointsProvider;
import org.eclipse.leshan.client.californium.endpoint.coap.CoapClientProtocolProvider;
import org.eclipse.leshan.client.californium.endpoint.coaps.CoapsClientProtocolProvider;
import org.eclipse.leshan.client.engine.DefaultRegistrationEngineFactory;
import org.eclipse.leshan.client.object.Security;
import org.eclipse.leshan.client.object.Server;
import org.eclipse.leshan.client.observer.LwM2mClientObserverAdapter;
import org.eclipse.leshan.client.resource.ObjectsInitializer;
import org.eclipse.leshan.client.servers.LwM2mServer;
import org.eclipse.leshan.core.CertificateUsage;
import org.eclipse.leshan.core.LwM2mId;
import org.eclipse.leshan.core.ResponseCode;
import org.eclipse.leshan.core.request.BindingMode;
import org.eclipse.leshan.core.request.RegisterRequest;
import org.eclipse.leshan.core.request.UpdateRequest;

/** A device in LwM2M 1.1 of Leshan 2's client library. */
public final class Device11 {

    private static final int SHORT_SERVER_ID = 123;
    /** After an answer to Reboot, as Leshan's own demonstration client does. */
    private static final int REBOOT_DELAY_MS = 500;

    private final Options options;
    private final URI server;
    private final Relay relay;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor();
    private LeshanClient client;

    private Device11(Options options) throws IOException {
        this.options = options;
        relay = Relay.of(options);
        server = relay == null ? options.server
                : relay.uri(options.server.getScheme());
    }

    public static void main(String[] arguments) throws IOException {
        try {
            new Device11(Options.parse(arguments)).boot();
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
    }

    /** A whole new client: nothing is left of sessions and observations. */
    private void boot() {
        if (client != null) {
            client.destroy(false);
        }
        client = build();
        client.start();
    }

    private void reboot() {
        timer.schedule(this::boot, REBOOT_DELAY_MS, TimeUnit.MILLISECONDS);
    }

    private LeshanClient build() {
        ObjectsInitializer objects = new ObjectsInitializer();
        objects.setInstancesForObject(LwM2mId.SECURITY, security());
        objects.setInstancesForObject(LwM2mId.SERVER,
                new Server(SHORT_SERVER_ID, options.lifetime,
                        EnumSet.of(BindingMode.U), false, BindingMode.U));
        objects.setInstancesForObject(LwM2mId.DEVICE,
                new DeviceObject(this::reboot));

        DefaultRegistrationEngineFactory engine =
                new DefaultRegistrationEngineFactory();
        engine.setQueueMode(options.queue);
        engine.setReconnectOnUpdate(options.reconnect);

        LeshanClientBuilder builder = new LeshanClientBuilder(options.endpoint);
        builder.setObjects(objects.createAll());
        builder.setRegistrationEngineFactory(engine);
        builder.setEndpointsProviders(endpoints());
        LeshanClient built = builder.build();
        built.addObserver(new Talker());
        return built;
    }

    private CaliforniumClientEndpointsProvider endpoints() {
        CaliforniumClientEndpointsProvider.Builder builder =
                new CaliforniumClientEndpointsProvider.Builder(
                        new CoapClientProtocolProvider(),
                        new CoapsClientProtocolProvider());
        Configuration configuration = builder.createDefaultConfiguration();
        if (options.cid >= 0) {
            configuration.set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH,
                    options.cid);
        }
        builder.setConfiguration(configuration);
        return builder.build();
    }

    private Security security() {
        if (options.pskIdentity != null) {
            return Security.psk(server.toString(), SHORT_SERVER_ID,
                    options.pskIdentity, options.pskKey);
        }
        if (options.certificate != null) {
            return Security.x509(server.toString(), SHORT_SERVER_ID,
                    options.certificate, options.key, options.ca,
                    CertificateUsage.TRUST_ANCHOR_ASSERTION.code);
        }
        return Security.noSec(server.toString(), SHORT_SERVER_ID);
    }

    /** One line on standard output per event, for people and for tests. */
    private final class Talker extends LwM2mClientObserverAdapter {

        @Override
        public void onRegistrationSuccess(LwM2mServer to,
                RegisterRequest request, String location) {
            System.out.println("registered at " + location);
        }

        @Override
        public void onRegistrationFailure(LwM2mServer to,
                RegisterRequest request, ResponseCode code, String text,
                Exception cause) {
            System.out.println("not registered: " + code + " " + text + " "
                    + cause);
        }

        @Override
        public void onUpdateStarted(LwM2mServer to, UpdateRequest request) {
            try {
                if (options.rebind) {
                    relay.rebind();
                }
            } catch (IOException e) {
                System.err.println("relay: " + e);
            }
        }

        @Override
        public void onUpdateSuccess(LwM2mServer to, UpdateRequest request) {
            System.out.println("updated");
        }

        @Override
        public void onUpdateFailure(LwM2mServer to, UpdateRequest request,
                ResponseCode code, String text, Exception cause) {
            System.out.println("not updated: " + code + " " + text + " "
                    + cause);
        }
    }
}
