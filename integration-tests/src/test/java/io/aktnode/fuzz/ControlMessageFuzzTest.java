package io.aktnode.fuzz;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import akka.serialization.SerializerWithStringManifest;
import com.typesafe.config.ConfigFactory;
import io.aktnode.protocol.control.CborSerializable;
import io.aktnode.protocol.control.CrewProtocol;
import io.aktnode.protocol.control.FileProtocol;
import io.aktnode.protocol.control.GeneratorProtocol;
import io.aktnode.protocol.control.HostProtocol;
import io.aktnode.protocol.control.ReplicaProtocol;
import io.aktnode.protocol.control.StudentProtocol;
import io.aktnode.protocol.control.SupervisorProtocol;
import io.aktnode.protocol.control.TeacherProtocol;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Messages of the control plane: a manifest, a line feed, CBOR. Whatever comes, it becomes a
 * message of ours or an exception that Akka logs; no other class is ever made.
 */
class ControlMessageFuzzTest extends Fuzzing {

    private static final ActorSystem<Void> SYSTEM =
            ActorSystem.create(
                    Behaviors.empty(),
                    "fuzz",
                    ConfigFactory.parseString("akka.loglevel = off, akka.stdout-loglevel = off")
                            .withFallback(ConfigFactory.load()));

    private static final Serialization SERIALIZATION =
            SerializationExtension.get(SYSTEM.classicSystem());

    /** Akka's mark, and that 2 GB are to be unpacked. */
    private static final String LZ4 = "\u0087\u00d9m\u00f6\u007f\u00ff\u00ff\u00f0";

    private static final String GZIP = "\u001f\u008b\u0008\0\0\0\0\0\0\u00ff";

    /** The one that Akka takes for messages of ours. */
    private static final SerializerWithStringManifest SERIALIZER =
            (SerializerWithStringManifest)
                    SERIALIZATION.findSerializerFor(new SupervisorProtocol.Cancel(""));

    ControlMessageFuzzTest() {
        super(
                samples(),
                words(
                        "java.lang.String\n",
                        "java.lang.Runtime\n",
                        "java.util.HashMap\n",
                        "java.net.URL\n",
                        "java.io.File\n",
                        "javax.swing.JEditorPane\n",
                        "com.sun.rowset.JdbcRowSetImpl\n",
                        "io.aktnode.protocol.frame.RoleId\n",
                        "io.aktnode.protocol.control.CborSerializable\n",
                        "akka.actor.PoisonPill$\n",
                        "#1\n",
                        "\u007f\u00ff",
                        "\u009b\u007f\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff",
                        "\u009a\u007f\u00ff\u00ff\u00ff",
                        "\u00ba\u007f\u00ff\u00ff\u00ff",
                        "\u007a\u007f\u00ff\u00ff\u00ff",
                        "\u007b\u007f\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff",
                        "\u005a\u007f\u00ff\u00ff\u00ff",
                        "\u005b\u007f\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff",
                        "\u00c2\u005a\u0000\u00ff\u00ff\u00ff",
                        "\u00c4\u0082\u001a\u007f\u00ff\u00ff\u00ff\u0001",
                        "\u009f\u009f\u009f\u009f\u009f\u009f\u009f\u009f",
                        "\u0081\u0081\u0081\u0081\u0081\u0081\u0081\u0081",
                        "\u00bf\u00bf",
                        "\u00ff",
                        "\u00f6",
                        "\u00f7",
                        "\u00f9\u007e\u0000",
                        "@class",
                        "@type"),
                1 << 20,
                1000);
    }

    private static List<byte[]> samples() {
        Specimens specimens = new Specimens(SYSTEM.unsafeUpcast());
        List<Object> messages = new ArrayList<>();
        for (Class<?> top :
                List.of(
                        CrewProtocol.Request.class,
                        HostProtocol.Request.class,
                        SupervisorProtocol.Request.class,
                        GeneratorProtocol.Request.class,
                        TeacherProtocol.Request.class,
                        StudentProtocol.Request.class,
                        FileProtocol.Request.class,
                        FileProtocol.Answer.class,
                        ReplicaProtocol.Request.class)) {
            messages.addAll(specimens.permitted(top));
        }
        List<byte[]> samples = new ArrayList<>();
        for (Object message : messages) {
            byte[] manifest =
                    (SERIALIZER.manifest(message) + "\n").getBytes(StandardCharsets.ISO_8859_1);
            byte[] cbor = SERIALIZATION.serialize(message).get();
            byte[] sample = Arrays.copyOf(manifest, manifest.length + cbor.length);
            System.arraycopy(cbor, 0, sample, manifest.length, cbor.length);
            samples.add(sample);
        }
        samples.add(compressed(LZ4));
        samples.add(compressed(GZIP));
        return samples;
    }

    /** What Akka's serializer takes for compressed, whether or not we ever compress. */
    private static byte[] compressed(String start) {
        String manifest = SERIALIZER.manifest(new SupervisorProtocol.Cancel(""));
        return (manifest + "\n" + start + "\0\0\0\0\0\0\0\0").getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    void read(byte[] bytes) {
        int line = 0;
        while (line < bytes.length && bytes[line] != '\n') {
            line++;
        }
        String manifest = new String(bytes, 0, line, StandardCharsets.ISO_8859_1);
        byte[] body = Arrays.copyOfRange(bytes, Math.min(line + 1, bytes.length), bytes.length);
        // As remoting does it; errors that it does not take for a refusal are thrown here too.
        Object message =
                SERIALIZATION
                        .deserialize(body, SERIALIZER.identifier(), manifest)
                        .getOrElse(() -> null);
        if (message != null && !(message instanceof CborSerializable)) {
            throw new AssertionError("made a foreign " + message.getClass());
        }
    }
}
