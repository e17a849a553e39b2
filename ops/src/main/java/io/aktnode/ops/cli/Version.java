package io.aktnode.ops.cli;

import picocli.CommandLine.IVersionProvider;

/** The version from the jar's manifest. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        String version = Version.class.getPackage().getImplementationVersion();
        return new String[] {
            "akt-node " + (version == null ? "(unpacked classes)" : version),
            "Java " + Runtime.version() + " on " + System.getProperty("os.arch")
        };
    }
}
