package io.aktnode.actors.fake;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between an actor and its role and does harm at chosen calls. Calls are counted over all
 * roles one injector wraps, so a role made anew after a restart does not meet the same fault again.
 */
public final class FaultInjector<T> {

    /** What happens instead of a call, or around it. */
    @FunctionalInterface
    public interface Harm<T> {

        /**
         * @param call counts this method's calls from 0
         * @param proceed does what was asked for
         */
        Object apply(T target, int call, Call proceed) throws Throwable;
    }

    /** The same, with the call's arguments. */
    @FunctionalInterface
    public interface ArgumentHarm<T> {

        /**
         * @param call counts this method's calls from 0
         * @param proceed does what was asked for
         */
        Object apply(Object[] arguments, T target, int call, Call proceed) throws Throwable;
    }

    /** The call as the actor made it. */
    @FunctionalInterface
    public interface Call {
        Object proceed() throws Throwable;
    }

    private final Class<T> role;
    private final String method;
    private final ArgumentHarm<T> harm;
    private final AtomicInteger calls = new AtomicInteger();

    public FaultInjector(Class<T> role, String method, Harm<T> harm) {
        this(role, method, (arguments, target, call, proceed) -> harm.apply(target, call, proceed));
    }

    public FaultInjector(Class<T> role, String method, ArgumentHarm<T> harm) {
        this.role = role;
        this.method = method;
        this.harm = harm;
    }

    /** Throws at one call. */
    public static <T> FaultInjector<T> throwing(Class<T> role, String method, int atCall) {
        return new FaultInjector<>(
                role,
                method,
                (target, call, proceed) -> {
                    if (call == atCall) {
                        throw new IllegalStateException("injected into " + method);
                    }
                    return proceed.proceed();
                });
    }

    public T wrap(T target) {
        return role.cast(
                Proxy.newProxyInstance(
                        role.getClassLoader(),
                        new Class<?>[] {role},
                        (proxy, called, arguments) -> {
                            Call proceed =
                                    () -> {
                                        try {
                                            return called.invoke(target, arguments);
                                        } catch (InvocationTargetException e) {
                                            throw e.getCause();
                                        }
                                    };
                            return called.getName().equals(method)
                                    ? harm.apply(
                                            arguments, target, calls.getAndIncrement(), proceed)
                                    : proceed.proceed();
                        }));
    }

    /** Calls of the method so far. */
    public int calls() {
        return calls.get();
    }
}
