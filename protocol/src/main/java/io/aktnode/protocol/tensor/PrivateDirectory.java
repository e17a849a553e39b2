package io.aktnode.protocol.tensor;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.CloseHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory that did not exist before, that only this process uses and only its user can look
 * into.
 *
 * <p>A file in it is locked for as long as the process lives, however long it is frozen and
 * whatever container it is in: the kernel tells others by the lock that a process is dead, and they
 * sweep what it left.
 */
final class PrivateDirectory implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PrivateDirectory.class);
    private static final String LOCK = "lock";
    private static final AtomicInteger NEXT = new AtomicInteger();

    /** Closing any channel to a file ends all this process's locks on it: none may open these. */
    private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

    private final Path path;

    /** Null where the file system has no locks. */
    private final FileChannel lock;

    private PrivateDirectory(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * Makes a directory.
     *
     * @param name what its name begins with; a number follows
     */
    static PrivateDirectory create(Path parent, String name) throws IOException {
        Path real = parent.toRealPath();
        FileAttribute<?>[] ownerOnly =
                Files.getFileStore(real).supportsFileAttributeView("posix")
                        ? new FileAttribute<?>[] {
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rwx------"))
                        }
                        : new FileAttribute<?>[0];
        while (true) {
            Path path = real.resolve(name + NEXT.getAndIncrement());
            OWN.add(path);
            try {
                Files.createDirectory(path, ownerOnly);
                return new PrivateDirectory(path, lock(path));
            } catch (FileAlreadyExistsException e) {
                // An earlier process's of the same number, or another user's who knew the name.
                OWN.remove(path);
            } catch (IOException | RuntimeException e) {
                OWN.remove(path);
                throw e;
            }
        }
    }

    private static FileChannel lock(Path directory) {
        Path unlocked = directory.resolve("unlocked");
        FileChannel channel = null;
        try {
            channel =
                    FileChannel.open(
                            unlocked, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            channel.tryLock();
            // Others shall never see it unlocked while this process lives.
            Files.move(unlocked, directory.resolve(LOCK), StandardCopyOption.ATOMIC_MOVE);
            return channel;
        } catch (IOException e) {
            LOG.warn("cannot lock {}: if this process is killed, delete it by hand", directory, e);
            CloseHelper.quietClose(channel);
            return null;
        }
    }

    Path path() {
        return path;
    }

    /**
     * Deletes the directories beside this one that dead processes of its user left. What cannot be
     * swept is logged and stays.
     *
     * @param name what their names begin with
     */
    void sweepBesides(String name) {
        try (DirectoryStream<Path> others =
                Files.newDirectoryStream(path.getParent(), name + "*")) {
            UserPrincipal user = Files.getOwner(path);
            for (Path other : others) {
                if (!OWN.contains(other)) {
                    sweep(other, user);
                }
            }
        } catch (IOException | DirectoryIteratorException | UnsupportedOperationException e) {
            LOG.warn("cannot look for what dead processes left in {}", path.getParent(), e);
        }
    }

    private static void sweep(Path directory, UserPrincipal user) {
        try {
            // Where everybody may write, others put links to what only this user may delete.
            if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
                    || !Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS).equals(user)) {
                return;
            }
            try (FileChannel channel =
                            FileChannel.open(
                                    directory.resolve(LOCK),
                                    StandardOpenOption.WRITE,
                                    LinkOption.NOFOLLOW_LINKS);
                    FileLock dead = channel.tryLock()) {
                if (dead != null) {
                    LOG.info("sweeping {} of a dead process", directory);
                    delete(directory);
                }
            }
        } catch (NoSuchFileException e) {
            LOG.debug("{} is being made, or another process sweeps it", directory);
        } catch (IOException | RuntimeException e) {
            LOG.warn("cannot sweep {}; delete it by hand if its process is dead", directory, e);
        }
    }

    /** Deletes a directory and all in it; of links, the links. */
    private static void delete(Path directory) throws IOException {
        Path lock = directory.resolve(LOCK);
        Files.walkFileTree(
                directory,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        // It goes last: whoever is killed here has left what can be swept.
                        if (!file.equals(lock)) {
                            Files.delete(file);
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path visited, IOException failure)
                            throws IOException {
                        if (failure != null) {
                            throw failure;
                        }
                        if (!visited.equals(directory)) {
                            Files.delete(visited);
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
        Files.deleteIfExists(lock);
        Files.delete(directory);
    }

    /** Deletes it. */
    @Override
    public void close() {
        try {
            delete(path);
        } catch (NoSuchFileException e) {
            LOG.debug("{} is gone already", path);
        } catch (IOException e) {
            LOG.warn("cannot delete {}", path, e);
        }
        CloseHelper.quietClose(lock);
        OWN.remove(path);
    }
}
