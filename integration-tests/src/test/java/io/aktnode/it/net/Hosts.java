package io.aktnode.it.net;

import java.util.List;

/** Some hosts that reach one another. Closing it ends the network, not the processes on it. */
public interface Hosts extends AutoCloseable {

    /**
     * One of them.
     *
     * @param address IPv4, where the others reach it
     * @param prefix what a command is preceded by to run on it
     */
    record Host(String name, String address, List<String> prefix) {

        public Host {
            prefix = List.copyOf(prefix);
        }
    }

    List<Host> all();

    /** What lies between the hosts; empty where nothing can be done to it. */
    default java.util.Optional<Wire> wire() {
        return java.util.Optional.empty();
    }

    @Override
    void close();

    /** Namespaces where this machine and user may make them, else loopback. */
    static Hosts make(int count) {
        return Namespaces.possible() ? Namespaces.make(count) : new Loopback(count);
    }
}
