package io.aktnode.actors.cluster;

import io.aktnode.actors.run.RoleFactory;
import io.aktnode.actors.run.RunPolicy;
import io.aktnode.actors.run.RunSpec;
import java.util.Map;

/** What a process brings along for bearing roles; its hosts' threads may call it at once. */
public interface Workshop {

    /**
     * What it brings along that determines the numbers, such as the hash of its teacher. The lead
     * refuses a process whose answers differ from its own.
     *
     * @param kind of role: {@code generator}, {@code teacher} or {@code student}
     */
    Map<String, String> identity(String kind);

    /**
     * Prepares for bearing a role of a job.
     *
     * @param job settings that determine the run's numbers, as HOCON
     * @throws RuntimeException if this process cannot; the message is a sentence for people
     */
    Tools open(String job);

    /** What one role of a job is made with; closed when it has ended. */
    interface Tools extends AutoCloseable {

        RunSpec spec();

        RunPolicy policy();

        RoleFactory roles();

        @Override
        void close();
    }
}
