package io.aktnode.it;

import java.nio.file.Path;

/** Where what is under test was built. */
public final class AktNodeHome {

    public static final Path HOME =
            Path.of(System.getProperty("akt.home")).toAbsolutePath().normalize();

    public static final Path LAUNCHER = HOME.resolve("akt-node");

    private AktNodeHome() {}
}
