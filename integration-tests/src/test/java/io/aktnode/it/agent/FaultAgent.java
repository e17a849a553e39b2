package io.aktnode.it.agent;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.namedOneOf;
import static net.bytebuddy.matcher.ElementMatchers.none;

import java.lang.instrument.Instrumentation;
import java.nio.file.Path;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * Entry point; its argument is {@code DIRECTORY[,SECONDS]}: where {@link Orders} come from, and by
 * how much this process' wall clock is ahead.
 */
public final class FaultAgent {

    /** Has an order that is for the process rather than for one of its roles. */
    public static final String PROCESS = "process";

    /** Given before the process starts: it pretends to be of an older release. */
    public static final String OLD_RELEASE = "old-release";

    private static final String ROLES = "io.aktnode.ops.job.EngineRoles";
    private static final String PASSPORT = "io.aktnode.protocol.control.Passport";

    private FaultAgent() {}

    /** Called by the JVM before the process' own main. */
    public static void premain(String argument, Instrumentation instrumentation) throws Exception {
        String[] parts = argument.split(",");
        Orders orders = new Orders(Path.of(parts[0]));
        RoleFaults.start(orders);
        AgentBuilder builder =
                new AgentBuilder.Default()
                        .ignore(none())
                        .with(AgentBuilder.TypeStrategy.Default.REDEFINE)
                        .with(AgentBuilder.InitializationStrategy.NoOp.INSTANCE)
                        .with(AgentBuilder.Listener.StreamWriting.toSystemError().withErrorsOnly())
                        .type(named(ROLES))
                        .transform(
                                (type, description, loader, module, domain) ->
                                        type.visit(
                                                Advice.to(Wrapping.class)
                                                        .on(
                                                                namedOneOf(
                                                                        "generator",
                                                                        "teacher",
                                                                        "student"))));
        if (orders.take(PROCESS, OLD_RELEASE).isPresent()) {
            builder =
                    builder.type(named(PASSPORT))
                            .transform(
                                    (type, description, loader, module, domain) ->
                                            type.visit(
                                                    Advice.to(OldPassport.class).on(named("of"))));
        }
        if (parts.length > 1) {
            SkewedClock.aheadSeconds = Long.parseLong(parts[1]);
            instrumentation.addTransformer(new ClockSkew());
        }
        builder.installOn(instrumentation);
    }

    /** Put at the end of each method that makes a role. */
    static final class Wrapping {

        private Wrapping() {}

        @Advice.OnMethodExit
        static void exit(
                @Advice.Origin("#m") String role,
                @Advice.Return(readOnly = false, typing = Assigner.Typing.DYNAMIC) Object made) {
            made = RoleFaults.wrap(role, made);
        }
    }

    /** Put at the end of the method that makes this release's passport. */
    static final class OldPassport {

        private OldPassport() {}

        @Advice.OnMethodExit
        static void exit(
                @Advice.Return(readOnly = false, typing = Assigner.Typing.DYNAMIC) Object made) {
            made = Passports.ofAnOlderRelease(made);
        }
    }
}
