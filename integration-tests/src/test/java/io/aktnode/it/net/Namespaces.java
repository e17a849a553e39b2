package io.aktnode.it.net;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Hosts that are network namespaces of their own, each with one address on a {@link Wire}. They
 * bear this process' id in their names; those a killed process left behind are removed by the next.
 */
public final class Namespaces implements Hosts {

    private static final String PREFIX = "aktit-";
    private static final int MTU_BYTES = 1500;

    private final List<Host> hosts = new ArrayList<>();
    private final Wire wire;
    private final Thread onExit = new Thread(this::remove, "remove-namespaces");

    private Namespaces(long seed) {
        wire = new Wire(seed);
    }

    /** Whether this user may make namespaces and tunnels. */
    public static boolean possible() {
        if (!Files.isWritable(Path.of("/dev/net/tun"))) {
            return false;
        }
        String probe = PREFIX + ProcessHandle.current().pid() + "-probe";
        if (!Commands.works("ip", "netns", "add", probe)) {
            return false;
        }
        try {
            return Commands.works("ip", "netns", "exec", probe, "true");
        } finally {
            Commands.run("ip", "netns", "del", probe);
        }
    }

    /** Makes them, with a wire between that is clean at first. */
    public static Namespaces make(int count) {
        return make(count, 1);
    }

    /**
     * @param seed of what the wire does to which packet
     */
    public static Namespaces make(int count, long seed) {
        sweep();
        Namespaces namespaces = new Namespaces(seed);
        Runtime.getRuntime().addShutdownHook(namespaces.onExit);
        try {
            for (int i = 1; i <= count; i++) {
                namespaces.add(i);
            }
            namespaces.wire.start();
        } catch (RuntimeException e) {
            namespaces.close();
            throw e;
        }
        return namespaces;
    }

    private void add(int number) {
        long pid = ProcessHandle.current().pid();
        String name = PREFIX + pid + "-" + System.identityHashCode(this) % 1000 + "-" + number;
        String device = "akt" + pid % 1_000_000 + "n" + number;
        String address = "10.213.7." + number;
        Commands.run("ip", "netns", "add", name);
        hosts.add(new Host(name, address, List.of("ip", "netns", "exec", name)));
        wire.attach(address, new Tun(device));
        Commands.run("ip", "link", "set", device, "netns", name);
        Commands.run("ip", "-n", name, "addr", "add", address + "/24", "dev", device);
        Commands.run(
                "ip",
                "-n",
                name,
                "link",
                "set",
                device,
                "mtu",
                Integer.toString(MTU_BYTES),
                "txqueuelen",
                "2000",
                "up");
        Commands.run("ip", "-n", name, "link", "set", "lo", "up");
    }

    /** Removes what processes that are gone have left. */
    private static void sweep() {
        for (String line : Commands.run("ip", "netns", "list").split("\n")) {
            String name = line.split(" ")[0];
            if (name.matches(PREFIX + "\\d+-.*")
                    && ProcessHandle.of(Long.parseLong(name.split("-")[1])).isEmpty()) {
                Commands.works("ip", "netns", "del", name);
            }
        }
    }

    @Override
    public List<Host> all() {
        return List.copyOf(hosts);
    }

    @Override
    public Optional<Wire> wire() {
        return Optional.of(wire);
    }

    private synchronized void remove() {
        wire.close();
        hosts.forEach(host -> Commands.works("ip", "netns", "del", host.name()));
        hosts.clear();
    }

    @Override
    public void close() {
        remove();
        Runtime.getRuntime().removeShutdownHook(onExit);
    }
}
