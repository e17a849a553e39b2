package io.aktnode.actors.fake;

import io.aktnode.actors.checkpoint.Manifest;
import java.util.List;
import java.util.Map;

/** Manifests of checkpoints of which only the files matter. */
public final class Manifests {

    private Manifests() {}

    /** Healthy, of the first incarnation, with nothing remembered. */
    public static Manifest of(long step, Map<String, String> settings, Map<String, String> files) {
        return of(step, 0, settings, files);
    }

    /** Healthy, with nothing remembered. */
    public static Manifest of(
            long step, int incarnation, Map<String, String> settings, Map<String, String> files) {
        return new Manifest(
                Manifest.FORMAT,
                step,
                incarnation,
                0,
                true,
                settings,
                files,
                Map.of(),
                List.of(),
                List.of(),
                Map.of(),
                Map.of(),
                List.of());
    }
}
