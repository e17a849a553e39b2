package io.aktnode.ops.job;

import io.aktnode.nn.kernel.Device;
import io.aktnode.ops.config.SettingsException;
import io.aktnode.ops.config.SettingsReader;
import java.util.function.Consumer;

/** Starts the arithmetic on the device the settings ask for. */
public final class Devices {

    private Devices() {}

    /**
     * To be called before anything computes.
     *
     * @param say told in one sentence when a card was looked for and the CPU is used
     * @throws SettingsException when a card was asked for by name and cannot be used
     */
    public static void start(SettingsReader akt, Consumer<String> say) {
        try {
            Device device = Device.choose(akt.text("device"));
            device.why().ifPresent(say);
            device.start();
        } catch (Device.UnusableException | IllegalArgumentException e) {
            throw new SettingsException(e.getMessage(), e);
        }
    }
}
