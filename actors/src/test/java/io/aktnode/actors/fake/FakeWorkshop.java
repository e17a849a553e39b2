package io.aktnode.actors.fake;

import io.aktnode.actors.cluster.Workshop;
import io.aktnode.actors.run.RoleFactory;
import io.aktnode.actors.run.RunPolicy;
import io.aktnode.actors.run.RunSpec;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Bears fake roles of whatever job, and notes for which. */
public final class FakeWorkshop implements Workshop {

    private final RunSpec spec;
    private final RoleFactory roles;
    private final RunPolicy policy;
    public final List<String> jobs = new CopyOnWriteArrayList<>();
    public final AtomicInteger closed = new AtomicInteger();

    /** Why it cannot open any; empty if it can. */
    public volatile String broken = "";

    public FakeWorkshop(RunSpec spec, RoleFactory roles) {
        this(spec, roles, RunPolicy.defaults());
    }

    public FakeWorkshop(RunSpec spec, RoleFactory roles, RunPolicy policy) {
        this.spec = spec;
        this.roles = roles;
        this.policy = policy;
    }

    @Override
    public Map<String, String> identity(String kind) {
        return Map.of();
    }

    @Override
    public Tools open(String job) {
        jobs.add(job);
        if (!broken.isEmpty()) {
            throw new IllegalStateException(broken);
        }
        return new Tools() {
            @Override
            public RunSpec spec() {
                return spec;
            }

            @Override
            public RunPolicy policy() {
                return policy;
            }

            @Override
            public RoleFactory roles() {
                return roles;
            }

            @Override
            public void close() {
                closed.incrementAndGet();
            }
        };
    }
}
