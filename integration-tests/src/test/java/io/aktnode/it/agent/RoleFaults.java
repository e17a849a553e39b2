package io.aktnode.it.agent;

import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.train.GeneratorRole;
import io.aktnode.nn.train.GradientReport;
import io.aktnode.nn.train.StudentRole;
import io.aktnode.nn.train.SyntheticBatch;
import io.aktnode.nn.train.TeacherKnowledge;
import io.aktnode.nn.train.TeacherRole;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Optional;

/**
 * Stands between one actor and its role. What it can do, with the meaning of an order's value:
 *
 * <ul>
 *   <li>{@code weights-nan} of student and generator: one weight becomes NaN;
 *   <li>{@code frame-nan} of all: one element of what is sent on becomes NaN;
 *   <li>{@code gradient-scale} of student and generator: all of a gradient times the value, NaN
 *       included;
 *   <li>{@code rate} of student and generator: the learning rate times the value;
 *   <li>{@code collapse} of the generator: it draws one image for all labels, until it is restored;
 *   <li>{@code exception} of all.
 * </ul>
 */
public final class RoleFaults implements InvocationHandler {

    private static Orders orders;

    private final String name;
    private final Object role;

    /** On the gradient that was computed last. */
    private double gradientScale = 1;

    private RoleFaults(String name, Object role) {
        this.name = name;
        this.role = role;
    }

    static void start(Orders from) {
        orders = from;
    }

    /** Called by what {@link FaultAgent} put into the factory of roles. */
    public static Object wrap(String name, Object role) {
        Class<?> type =
                switch (name) {
                    case "generator" -> GeneratorRole.class;
                    case "teacher" -> TeacherRole.class;
                    default -> StudentRole.class;
                };
        return Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, new RoleFaults(name, role));
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        return switch (method.getName()) {
            case "generate", "forward" -> pass(method, arguments);
            case "gradients" -> gradients((GradientReport) proceed(method, arguments));
            case "apply" -> apply(method, arguments);
            case "restore" -> {
                orders.cancel(name, "collapse");
                yield proceed(method, arguments);
            }
            default -> proceed(method, arguments);
        };
    }

    private Object proceed(Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(role, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private Object pass(Method method, Object[] arguments) throws Throwable {
        if (orders.take(name, "exception").isPresent()) {
            throw new IllegalStateException("injected into " + method.getName());
        }
        if (orders.take(name, "weights-nan").isPresent()) {
            spoilWeights();
        }
        Object made = proceed(method, arguments);
        if (orders.take(name, "frame-nan").isPresent()) {
            Tensor sent = sent(made);
            sent.set(sent.length() / 2, Float.NaN);
        }
        if (made instanceof SyntheticBatch batch && orders.take(name, "collapse").isPresent()) {
            repeatFirstImage(batch.images());
        }
        return made;
    }

    private static Tensor sent(Object made) {
        if (made instanceof SyntheticBatch batch) {
            return batch.images();
        }
        return made instanceof TeacherKnowledge knowledge ? knowledge.logits() : (Tensor) made;
    }

    private void spoilWeights() {
        if (role instanceof StudentRole student) {
            StateDict state = student.save();
            spoil(state);
            student.restore(state);
        } else if (role instanceof GeneratorRole generator) {
            StateDict state = generator.save();
            spoil(state);
            generator.restore(state);
        }
    }

    private static void spoil(StateDict state) {
        FloatArray weights =
                state.arrays().entrySet().stream()
                        .filter(entry -> entry.getKey().endsWith("weight"))
                        .map(java.util.Map.Entry::getValue)
                        .filter(array -> array.values().length > 1)
                        .findFirst()
                        .orElseThrow();
        weights.values()[weights.values().length / 2] = Float.NaN;
    }

    private static void repeatFirstImage(Tensor images) {
        int pixels = images.length() / images.extent(0);
        for (int i = pixels; i < images.length(); i++) {
            images.set(i, images.get(i % pixels));
        }
    }

    private GradientReport gradients(GradientReport report) {
        Optional<Double> scale = orders.take(name, "gradient-scale");
        // Of a gradient that was skipped nothing is left.
        gradientScale = scale.orElse(1.0);
        if (scale.isEmpty()) {
            return report;
        }
        return new GradientReport(
                report.losses(),
                gradientScale * report.norm(),
                gradientScale * report.largest(),
                Double.isFinite(gradientScale) ? report.nonFinite() : 1,
                gradientScale * report.updateRatio());
    }

    /** The last two arguments are the gradient's scale and the learning rate's factor. */
    private Object apply(Method method, Object[] arguments) throws Throwable {
        Object[] changed = arguments.clone();
        int scale = changed.length - 2;
        changed[scale] = gradientScale * (double) changed[scale];
        Optional<Double> rate = orders.take(name, "rate");
        if (rate.isPresent()) {
            changed[scale + 1] = rate.get() * (double) changed[scale + 1];
        }
        return proceed(method, changed);
    }
}
