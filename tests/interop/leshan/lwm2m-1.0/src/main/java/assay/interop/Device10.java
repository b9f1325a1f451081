// SPDX-License-Identifier: Apache-2.0
package assay.interop;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.SingleNodeConnectionIdGenerator;
import org.eclipse.leshan.client.californium.LeshanClient;
import org.eclipse.leshan.client.californium.LeshanClientBuilder;
import org.eclipse.leshan.client.engine.DefaultRegistrationEngineFactory;
import org.eclipse.leshan.client.object.Security;
import org.eclipse.leshan.client.object.Server;
import org.eclipse.leshan.client.observer.LwM2mClientObserverAdapter;
import org.eclipse.leshan.client.resource.ObjectsInitializer;
import org.eclipse.leshan.client.servers.ServerIdentity;
import org.eclipse.leshan.core.LwM2mId;
import org.eclipse.leshan.core.ResponseCode;
import org.eclipse.leshan.core.request.BindingMode;
import org.eclipse.leshan.core.request.RegisterRequest;
import org.eclipse.leshan.core.request.UpdateRequest;

/** A device in LwM2M 1.0 of Leshan 1's client library. */
public final class Device10 {

    private static final int SHORT_SERVER_ID = 123;
    /** After an answer to Reboot, as Leshan's own demonstration client does. */
    private static final int REBOOT_DELAY_MS = 500;

    private final Options options;
    private final URI server;
    private final Relay relay;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor();
    private LeshanClient client;

    private Device10(Options options) throws IOException {
        this.options = options;
        relay = Relay.of(options);
        server = relay == null ? options.server
                : relay.uri(options.server.getScheme());
    }

    public static void main(String[] arguments) throws IOException {
        try {
            new Device10(Options.parse(arguments)).boot();
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
                new Server(SHORT_SERVER_ID, options.lifetime, binding(),
                        false));
        objects.setInstancesForObject(LwM2mId.DEVICE,
                new DeviceObject(this::reboot, binding().toString()));

        DefaultRegistrationEngineFactory engine =
                new DefaultRegistrationEngineFactory();
        engine.setReconnectOnUpdate(options.reconnect);

        DtlsConnectorConfig.Builder dtls = new DtlsConnectorConfig.Builder();
        if (options.cid >= 0) {
            dtls.setConnectionIdGenerator(
                    new SingleNodeConnectionIdGenerator(options.cid));
        }

        LeshanClientBuilder builder = new LeshanClientBuilder(options.endpoint);
        builder.setObjects(objects.createAll());
        builder.setRegistrationEngineFactory(engine);
        builder.setDtlsConfig(dtls);
        // Else Californium writes its defaults to a file in the folder it runs.
        builder.setCoapConfig(LeshanClientBuilder.createDefaultNetworkConfig());
        LeshanClient built = builder.build();
        built.addObserver(new Talker());
        return built;
    }

    /** 1.0 has no parameter 'Q': queue mode is a part of the binding. */
    private BindingMode binding() {
        return options.queue ? BindingMode.UQ : BindingMode.U;
    }

    private Security security() {
        if (options.pskIdentity != null) {
            return Security.psk(server.toString(), SHORT_SERVER_ID,
                    options.pskIdentity, options.pskKey);
        }
        if (options.certificate != null) {
            return Security.x509(server.toString(), SHORT_SERVER_ID,
                    options.certificate, options.key, options.ca);
        }
        return Security.noSec(server.toString(), SHORT_SERVER_ID);
    }

    /** One line on standard output per event, for people and for tests. */
    private final class Talker extends LwM2mClientObserverAdapter {

        @Override
        public void onRegistrationSuccess(ServerIdentity to,
                RegisterRequest request, String location) {
            System.out.println("registered at " + location);
        }

        @Override
        public void onRegistrationFailure(ServerIdentity to,
                RegisterRequest request, ResponseCode code, String text,
                Exception cause) {
            System.out.println("not registered: " + code + " " + text + " "
                    + cause);
        }

        @Override
        public void onUpdateStarted(ServerIdentity to, UpdateRequest request) {
            try {
                if (options.rebind) {
                    relay.rebind();
                }
            } catch (IOException e) {
                System.err.println("relay: " + e);
            }
        }

        @Override
        public void onUpdateSuccess(ServerIdentity to, UpdateRequest request) {
            System.out.println("updated");
        }

        @Override
        public void onUpdateFailure(ServerIdentity to, UpdateRequest request,
                ResponseCode code, String text, Exception cause) {
            System.out.println("not updated: " + code + " " + text + " "
                    + cause);
        }
    }
}
