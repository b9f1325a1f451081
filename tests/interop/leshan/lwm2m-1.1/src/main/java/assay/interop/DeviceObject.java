// SPDX-License-Identifier: Apache-2.0
package assay.interop;

import java.util.Date;
import java.util.List;
import java.util.Map;

import org.eclipse.leshan.client.resource.BaseInstanceEnabler;
import org.eclipse.leshan.client.servers.LwM2mServer;
import org.eclipse.leshan.core.model.ObjectModel;
import org.eclipse.leshan.core.model.ResourceModel.Type;
import org.eclipse.leshan.core.node.LwM2mResource;
import org.eclipse.leshan.core.request.argument.Arguments;
import org.eclipse.leshan.core.response.ExecuteResponse;
import org.eclipse.leshan.core.response.ReadResponse;
import org.eclipse.leshan.core.response.WriteResponse;

/** Device (/3): one Resource of each kind that the object has. */
public final class DeviceObject extends BaseInstanceEnabler {

    private static final List<Integer> RESOURCES = List.of(0, 1, 2, 3, 4, 6, 7,
            8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21);
    /** Of a power source: internal battery, USB. */
    private static final Map<Integer, Long> SOURCES = Map.of(0, 1L, 1, 5L);
    private static final Map<Integer, Long> VOLTAGES = Map.of(0, 3800L, 1,
            5000L);
    private static final Map<Integer, Long> CURRENTS = Map.of(0, 125L, 1, 900L);

    private final Runnable reboot;
    private long clockOffset;
    private String utcOffset = "+01";
    private String timezone = "Europe/Vienna";

    /** For Leshan, which makes instances of what a server creates. */
    public DeviceObject() {
        this(() -> { });
    }

    public DeviceObject(Runnable reboot) {
        this.reboot = reboot;
    }

    @Override
    public List<Integer> getAvailableResourceIds(ObjectModel model) {
        return RESOURCES;
    }

    @Override
    public ReadResponse read(LwM2mServer server, int resource) {
        return switch (resource) {
        case 0 -> ReadResponse.success(resource, "Eclipse Leshan");
        case 1 -> ReadResponse.success(resource, "2.0.0-M15");
        case 2 -> ReadResponse.success(resource, "0001");
        case 3 -> ReadResponse.success(resource, "1.0.0");
        case 6 -> ReadResponse.success(resource, SOURCES, Type.INTEGER);
        case 7 -> ReadResponse.success(resource, VOLTAGES, Type.INTEGER);
        case 8 -> ReadResponse.success(resource, CURRENTS, Type.INTEGER);
        case 9 -> ReadResponse.success(resource, 87);
        case 10 -> ReadResponse.success(resource, 512);
        case 11 -> ReadResponse.success(resource, Map.of(0, 0L), Type.INTEGER);
        case 13 -> ReadResponse.success(resource, now());
        case 14 -> ReadResponse.success(resource, utcOffset);
        case 15 -> ReadResponse.success(resource, timezone);
        case 16 -> ReadResponse.success(resource, "U");
        case 17 -> ReadResponse.success(resource, "demo");
        case 18 -> ReadResponse.success(resource, "1.0");
        case 19 -> ReadResponse.success(resource, "17");
        case 20 -> ReadResponse.success(resource, 0);
        case 21 -> ReadResponse.success(resource, 4096);
        default -> super.read(server, resource);
        };
    }

    /** In whole seconds, as LwM2M has it. */
    private Date now() {
        return new Date((System.currentTimeMillis() / 1000 + clockOffset)
                * 1000);
    }

    @Override
    public WriteResponse write(LwM2mServer server, boolean replace,
            int resource, LwM2mResource value) {
        switch (resource) {
        case 13 -> clockOffset = ((Date) value.getValue()).getTime() / 1000
                - System.currentTimeMillis() / 1000;
        case 14 -> utcOffset = (String) value.getValue();
        case 15 -> timezone = (String) value.getValue();
        default -> {
            return super.write(server, replace, resource, value);
        }
        }
        fireResourceChange(resource);
        return WriteResponse.success();
    }

    @Override
    public ExecuteResponse execute(LwM2mServer server, int resource,
            Arguments arguments) {
        switch (resource) {
        case 4 -> reboot.run();
        case 12 -> fireResourceChange(11);
        default -> {
            return super.execute(server, resource, arguments);
        }
        }
        return ExecuteResponse.success();
    }
}
