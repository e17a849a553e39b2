package io.aktnode.it.net;

import java.util.List;
import java.util.stream.IntStream;

/** All hosts are this one: processes differ in their ports only. */
public final class Loopback implements Hosts {

    private final List<Host> hosts;

    public Loopback(int count) {
        hosts =
                IntStream.range(0, count)
                        .mapToObj(i -> new Host("loopback-" + i, "127.0.0.1", List.of()))
                        .toList();
    }

    @Override
    public List<Host> all() {
        return hosts;
    }

    @Override
    public void close() {}
}
