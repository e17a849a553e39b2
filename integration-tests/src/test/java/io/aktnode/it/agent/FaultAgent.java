package io.aktnode.it.agent;

import static net.bytebuddy.matcher.ElementMatchers.any;
import static net.bytebuddy.matcher.ElementMatchers.isStatic;
import static net.bytebuddy.matcher.ElementMatchers.nameStartsWith;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.namedOneOf;
import static net.bytebuddy.matcher.ElementMatchers.none;
import static net.bytebuddy.matcher.ElementMatchers.takesNoArguments;

import java.lang.instrument.Instrumentation;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.MemberSubstitution;
import net.bytebuddy.description.type.TypeDescription;
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
            builder = skewed(builder);
        }
        builder.installOn(instrumentation);
    }

    private static AgentBuilder skewed(AgentBuilder builder) throws NoSuchMethodException {
        Method millis = SkewedClock.class.getMethod("currentTimeMillis");
        Method now = SkewedClock.class.getMethod("now");
        Method source = SkewedClock.class.getMethod("system");
        return builder.type(
                        nameStartsWith("io.aktnode.ops")
                                .<TypeDescription>or(nameStartsWith("io.aktnode.actors"))
                                .or(nameStartsWith("io.aktnode.protocol"))
                                .or(nameStartsWith("akka."))
                                .or(nameStartsWith("io.aeron."))
                                .or(nameStartsWith("org.agrona.")))
                .transform(
                        (type, description, loader, module, domain) ->
                                type.visit(
                                                MemberSubstitution.relaxed()
                                                        .method(
                                                                named("currentTimeMillis")
                                                                        .and(isStatic()))
                                                        .replaceWith(millis)
                                                        .on(any()))
                                        .visit(
                                                MemberSubstitution.relaxed()
                                                        .method(
                                                                named("now")
                                                                        .and(isStatic())
                                                                        .and(takesNoArguments())
                                                                        .and(
                                                                                method ->
                                                                                        method.getDeclaringType()
                                                                                                .represents(
                                                                                                        Instant
                                                                                                                .class)))
                                                        .replaceWith(now)
                                                        .on(any()))
                                        .visit(
                                                MemberSubstitution.relaxed()
                                                        .method(
                                                                named("system")
                                                                        .and(isStatic())
                                                                        .and(
                                                                                method ->
                                                                                        method.getDeclaringType()
                                                                                                .represents(
                                                                                                        InstantSource
                                                                                                                .class)))
                                                        .replaceWith(source)
                                                        .on(any())));
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
