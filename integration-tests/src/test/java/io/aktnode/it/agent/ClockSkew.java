package io.aktnode.it.agent;

import java.lang.instrument.ClassFileTransformer;
import java.security.ProtectionDomain;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.Handle;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;

/**
 * Has the program and its libraries ask {@link SkewedClock} where they ask for the wall clock. Only
 * the called method is another, so that the thousands of classes need no other look.
 */
final class ClockSkew implements ClassFileTransformer {

    private static final String CLOCK = SkewedClock.class.getName().replace('.', '/');

    private static final List<String> WHERE =
            List.of(
                    "io/aktnode/ops/",
                    "io/aktnode/actors/",
                    "io/aktnode/protocol/",
                    "akka/",
                    "io/aeron/",
                    "org/agrona/");

    private static final Set<String> ASKED =
            Set.of(
                    "java/lang/System.currentTimeMillis()J",
                    "java/time/Instant.now()Ljava/time/Instant;",
                    "java/time/InstantSource.system()Ljava/time/InstantSource;");

    @Override
    public byte[] transform(
            ClassLoader loader,
            String name,
            Class<?> redefined,
            ProtectionDomain domain,
            byte[] code) {
        if (name == null || WHERE.stream().noneMatch(name::startsWith)) {
            return null;
        }
        ClassReader reader = new ClassReader(code);
        ClassWriter writer = new ClassWriter(reader, 0);
        reader.accept(new Calls(writer), 0);
        return writer.toByteArray();
    }

    private static boolean asked(String owner, String name, String descriptor) {
        return ASKED.contains(owner + "." + name + descriptor);
    }

    private static final class Calls extends ClassVisitor {

        Calls(ClassVisitor next) {
            super(Opcodes.ASM9, next);
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] exceptions) {
            return new MethodVisitor(
                    Opcodes.ASM9,
                    super.visitMethod(access, name, descriptor, signature, exceptions)) {
                @Override
                public void visitMethodInsn(
                        int call, String owner, String called, String type, boolean ofInterface) {
                    if (asked(owner, called, type)) {
                        super.visitMethodInsn(call, CLOCK, called, type, false);
                    } else {
                        super.visitMethodInsn(call, owner, called, type, ofInterface);
                    }
                }

                @Override
                public void visitInvokeDynamicInsn(
                        String called, String type, Handle bootstrap, Object... arguments) {
                    super.visitInvokeDynamicInsn(
                            called,
                            type,
                            bootstrap,
                            Arrays.stream(arguments).map(ClockSkew::skewed).toArray());
                }
            };
        }
    }

    /** A reference to one of the methods, as in {@code System::currentTimeMillis}. */
    private static Object skewed(Object argument) {
        return argument instanceof Handle handle
                        && asked(handle.getOwner(), handle.getName(), handle.getDesc())
                ? new Handle(handle.getTag(), CLOCK, handle.getName(), handle.getDesc(), false)
                : argument;
    }
}
