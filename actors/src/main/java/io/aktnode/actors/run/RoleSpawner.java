package io.aktnode.actors.run;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.ActorContext;
import io.aktnode.actors.data.RoleEnvironment;
import io.aktnode.actors.generator.GeneratorActor;
import io.aktnode.actors.generator.GeneratorSettings;
import io.aktnode.actors.student.StudentActor;
import io.aktnode.actors.student.StudentConfig;
import io.aktnode.actors.supervisor.FailureReporter;
import io.aktnode.actors.teacher.TeacherActor;
import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.nn.train.TrainingConfig;
import io.aktnode.protocol.control.GeneratorProtocol;
import io.aktnode.protocol.control.StudentProtocol;
import io.aktnode.protocol.control.TeacherProtocol;
import io.aktnode.protocol.frame.RoleId;

/**
 * Makes the actors of a run's roles as children of another actor, each on its own pinned dispatcher
 * and restarted when it throws.
 */
public final class RoleSpawner {

    private final RunSpec spec;
    private final RunPolicy policy;
    private final RoleFactory factory;

    public RoleSpawner(RunSpec spec, RunPolicy policy, RoleFactory factory) {
        this.spec = spec;
        this.policy = policy;
        this.factory = factory;
    }

    /**
     * @param parent whose thread this is; it is not made to watch the role
     * @param guestBits width of a student that joins the running training; 0 for the run's own
     *     roles
     * @param name of the child
     */
    public ActorRef<?> spawn(
            ActorContext<?> parent,
            RoleId role,
            int guestBits,
            String name,
            RoleEnvironment environment) {
        return switch (role.role()) {
            case GENERATOR ->
                    spawn(
                            parent,
                            GeneratorProtocol.Command.class,
                            role,
                            name,
                            environment,
                            generator(environment));
            case TEACHER ->
                    spawn(
                            parent,
                            TeacherProtocol.Command.class,
                            role,
                            name,
                            environment,
                            TeacherActor.create(environment, role.instance(), factory::teacher));
            case STUDENT ->
                    spawn(
                            parent,
                            StudentProtocol.Command.class,
                            role,
                            name,
                            environment,
                            student(role.instance(), guestBits, environment));
        };
    }

    private Behavior<GeneratorProtocol.Command> generator(RoleEnvironment environment) {
        TrainingConfig training = spec.training();
        return GeneratorActor.create(
                environment,
                new GeneratorSettings(
                        training.schedule(),
                        training.method().base().generatorReadsStudent(),
                        policy.generatorGate(),
                        policy.resendAfter(),
                        policy.resends()),
                factory::generator);
    }

    private Behavior<StudentProtocol.Command> student(
            int id, int guestBits, RoleEnvironment environment) {
        TrainingConfig training = spec.training();
        QuantizationConfig bits =
                guestBits == 0
                        ? spec.students().get(id)
                        : training.quantization().withBits(guestBits);
        return StudentActor.create(
                environment,
                new StudentConfig(
                        id,
                        guestBits,
                        training.schedule(),
                        training.method().base().generatorReadsStudent(),
                        policy.studentGate(),
                        spec.evaluation()),
                () -> factory.student(id, bits));
    }

    private static <T> ActorRef<T> spawn(
            ActorContext<?> parent,
            Class<T> commands,
            RoleId role,
            String name,
            RoleEnvironment environment,
            Behavior<T> behavior) {
        return parent.spawn(
                FailureReporter.restarting(commands, role, environment.supervisor(), behavior),
                name,
                dispatcher(role));
    }

    private static DispatcherSelector dispatcher(RoleId role) {
        String name =
                switch (role.role()) {
                    case GENERATOR -> "generator";
                    case TEACHER -> "teacher";
                    case STUDENT -> "student";
                };
        return DispatcherSelector.fromConfig("akt.actors." + name + "-dispatcher");
    }
}
