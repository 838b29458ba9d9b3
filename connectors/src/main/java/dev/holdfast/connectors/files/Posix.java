package dev.holdfast.connectors.files;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unsupported;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The system calls of Linux that a faithful copy of a directory needs and Java does not have: names as raw bytes under any
 * locale, all attributes in one call, times of symbolic links, extended attributes of every namespace, devices. For one
 * thread.
 *
 * <p>Layouts are those of 64-bit Linux: {@code struct statx} and {@code struct linux_dirent64} are the same on every
 * processor.
 */
@SuppressWarnings("restricted")
final class Posix {
    static final int BUFFER_BYTES = 1 << 20;

    private static final int PATH_MAX = 4096;
    /** No extended attribute, list of them or link is longer. */
    private static final int VALUES_BYTES = 64 << 10;

    private static final int AT_FDCWD = -100;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int STATX_BASIC = 0x7ff;
    private static final int STATX_BYTES = 256;
    private static final boolean ARM = System.getProperty("os.arch", "").equals("aarch64");
    private static final long GETDENTS64 = ARM ? 61 : 217;
    private static final int O_WRONLY = 1;
    private static final int O_CREAT = 0x40;
    private static final int O_EXCL = 0x80;
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;
    private static final int O_DIRECTORY = ARM ? 0x4000 : 0x10000;
    private static final int O_NOFOLLOW = ARM ? 0x8000 : 0x20000;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup LIBC = LINKER.defaultLookup();
    private static final MemoryLayout ERRNO_LAYOUT = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = ERRNO_LAYOUT.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final AddressLayout POINTER = ValueLayout.ADDRESS;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final Map<String, Optional<MethodHandle>> CALLS = new ConcurrentHashMap<>();

    private final Arena arena = Arena.ofAuto();
    private final MemorySegment state = arena.allocate(ERRNO_LAYOUT);
    private final MemorySegment path = arena.allocate(PATH_MAX);
    private final MemorySegment otherPath = arena.allocate(PATH_MAX);
    private final MemorySegment stat = arena.allocate(STATX_BYTES, 8);
    private final MemorySegment times = arena.allocate(32, 8);
    private final MemorySegment name = arena.allocate(512);
    private final MemorySegment values = arena.allocate(VALUES_BYTES, 8);
    private @Nullable MemorySegment buffer;

    private Posix() {}

    /**
     * @throws Unsupported anywhere but on 64-bit Linux
     */
    static Posix open() {
        if (!System.getProperty("os.name", "").toLowerCase(Locale.ROOT).equals("linux") || POINTER.byteSize() != 8) {
            throw new Unsupported(
                    ErrorCode.CONFIGURATION_INVALID,
                    "directories can be captured, restored and compared on 64-bit Linux only",
                    "Run holdfast on a Linux machine or in a Linux container.");
        }
        return new Posix();
    }

    // -- looking

    /** Of the thing itself, never of what a symbolic link leads to. */
    Stat stat(byte[] of) throws PosixException {
        int result = callInt("statx", INT, POINTER, INT, INT, POINTER)
                .with(AT_FDCWD, raw(path, of), AT_SYMLINK_NOFOLLOW, STATX_BASIC, stat);
        check(result, "cannot look at", of);
        return readStat();
    }

    Stat stat(int file, byte[] of) throws PosixException {
        int result = callInt("statx", INT, POINTER, INT, INT, POINTER)
                .with(file, raw(path, new byte[0]), AT_EMPTY_PATH, STATX_BASIC, stat);
        check(result, "cannot look at", of);
        return readStat();
    }

    private Stat readStat() {
        return new Stat(
                Short.toUnsignedInt(stat.get(ValueLayout.JAVA_SHORT, 28)),
                stat.get(INT, 20),
                stat.get(INT, 24),
                stat.get(LONG, 32),
                device(136),
                Integer.toUnsignedLong(stat.get(INT, 16)),
                stat.get(LONG, 40),
                stat.get(LONG, 48),
                device(128),
                time(112),
                time(96));
    }

    private long device(long offset) {
        return (long) stat.get(INT, offset) << 32 | Integer.toUnsignedLong(stat.get(INT, offset + 4));
    }

    private Instant time(long offset) {
        return Instant.ofEpochSecond(stat.get(LONG, offset), stat.get(INT, offset + 8));
    }

    /** The magic number of the file system. */
    long fileSystem(byte[] of) throws PosixException {
        check(callInt("statfs", POINTER, POINTER).with(raw(path, of), values), "cannot look at", of);
        return values.get(LONG, 0);
    }

    byte[] readLink(byte[] of) throws PosixException {
        long length = callLong("readlink", POINTER, POINTER, LONG).with(raw(path, of), values, (long) VALUES_BYTES);
        check(length, "cannot read link", of);
        return values.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    }

    /**
     * The names in a directory, without {@code .} and {@code ..}, in no order.
     *
     * @param names takes each name and whether it is a directory; null where only {@link #stat} can tell
     */
    void list(byte[] of, BiConsumer<byte[], @Nullable Boolean> names) throws PosixException {
        int file = callOpen(of, O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0);
        check(file, "cannot open", of);
        try {
            // readdir(3) tells its end and its failures apart by errno alone, which cannot be cleared from here
            while (true) {
                long length = callVariadicLong("syscall", 1, LONG, INT, POINTER, LONG)
                        .with(GETDENTS64, file, values, (long) VALUES_BYTES);
                check(length, "cannot list", of);
                if (length == 0) {
                    return;
                }
                for (long offset = 0; offset < length; ) {
                    MemorySegment entry = values.asSlice(offset);
                    tell(entry, names);
                    offset += Short.toUnsignedInt(entry.get(ValueLayout.JAVA_SHORT, 16));
                }
            }
        } finally {
            close(file);
        }
    }

    private static void tell(MemorySegment entry, BiConsumer<byte[], @Nullable Boolean> names) {
        int length = 0;
        while (entry.get(ValueLayout.JAVA_BYTE, 19 + length) != 0) {
            length++;
        }
        byte[] found = entry.asSlice(19, length).toArray(ValueLayout.JAVA_BYTE);
        boolean itself = found[0] == '.' && (length == 1 || (length == 2 && found[1] == '.'));
        if (!itself) {
            int type = entry.get(ValueLayout.JAVA_BYTE, 18);
            names.accept(found, type == 0 ? null : Boolean.valueOf(type == 4));
        }
    }

    // -- reading and writing

    /** Opens a file to read it; a symbolic link or a pipe that took its place is not followed or waited for. */
    int openToRead(byte[] of) throws PosixException {
        int file = callOpen(of, O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0);
        check(file, "cannot open", of);
        return file;
    }

    /** Makes a file that must not exist, for its owner alone. */
    int create(byte[] of) throws PosixException {
        int file = callOpen(of, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0x180);
        check(file, "cannot create", of);
        return file;
    }

    private int callOpen(byte[] of, int flags, int mode) throws PosixException {
        return callVariadic("open", 2, POINTER, INT, INT).with(raw(path, of), flags, mode);
    }

    /**
     * Reads on.
     *
     * @return how many bytes; 0 at the end
     */
    int read(int file, byte[] target, int offset, int length, byte[] of) throws PosixException {
        int wanted = Math.min(length, BUFFER_BYTES);
        long read = callLong("read", INT, POINTER, LONG).with(file, buffer(), (long) wanted);
        check(read, "cannot read", of);
        MemorySegment.copy(buffer(), ValueLayout.JAVA_BYTE, 0, target, offset, (int) read);
        return (int) read;
    }

    void seekToStart(int file, byte[] of) throws PosixException {
        check(callLong("lseek", INT, LONG, INT).with(file, 0L, 0), "cannot read", of);
    }

    void write(int file, byte[] source, int from, int length, long position, byte[] of) throws PosixException {
        for (int done = 0; done < length; ) {
            int step = Math.min(length - done, BUFFER_BYTES);
            MemorySegment.copy(source, from + done, buffer(), ValueLayout.JAVA_BYTE, 0, step);
            long written =
                    callLong("pwrite", INT, POINTER, LONG, LONG).with(file, buffer(), (long) step, position + done);
            check(written, "cannot write", of);
            done += (int) written;
        }
    }

    void truncate(int file, long size, byte[] of) throws PosixException {
        check(callInt("ftruncate", INT, LONG).with(file, size), "cannot write", of);
    }

    void close(int file) {
        callInt("close", INT).with(file);
    }

    /** Flushes everything of the file system that a directory is on. */
    void syncFileSystem(byte[] of) throws PosixException {
        withFolder(of, file -> check(callInt("syncfs", INT).with(file), "cannot flush", of));
    }

    /** Flushes the names in a directory. */
    void syncFolder(byte[] of) throws PosixException {
        withFolder(of, file -> check(callInt("fsync", INT).with(file), "cannot flush", of));
    }

    private interface Work {
        void on(int file) throws PosixException;
    }

    private void withFolder(byte[] of, Work work) throws PosixException {
        int file = callOpen(of, O_DIRECTORY | O_CLOEXEC, 0);
        check(file, "cannot open", of);
        try {
            work.on(file);
        } finally {
            close(file);
        }
    }

    // -- making and changing

    void makeFolder(byte[] at, int mode) throws PosixException {
        check(callInt("mkdir", POINTER, INT).with(raw(path, at), mode), "cannot make", at);
    }

    /**
     * Makes a pipe, socket or device.
     *
     * @param mode with its type
     * @param device as in {@link Stat}
     */
    void makeSpecial(byte[] at, int mode, long device) throws PosixException {
        long major = device >>> 32;
        long minor = device & 0xffff_ffffL;
        long number = (major & 0xfff) << 8 | (major & ~0xfffL) << 32 | (minor & 0xff) | (minor & ~0xffL) << 12;
        check(callInt("mknod", POINTER, INT, LONG).with(raw(path, at), mode, number), "cannot make", at);
    }

    void symbolicLink(byte[] target, byte[] at) throws PosixException {
        check(callInt("symlink", POINTER, POINTER).with(raw(otherPath, target), raw(path, at)), "cannot make", at);
    }

    void hardLink(byte[] existing, byte[] at) throws PosixException {
        check(callInt("link", POINTER, POINTER).with(raw(otherPath, existing), raw(path, at)), "cannot link", at);
    }

    void rename(byte[] from, byte[] to) throws PosixException {
        check(callInt("rename", POINTER, POINTER).with(raw(otherPath, from), raw(path, to)), "cannot rename to", to);
    }

    void unlink(byte[] at) throws PosixException {
        check(callInt("unlink", POINTER).with(raw(path, at)), "cannot remove", at);
    }

    void removeFolder(byte[] at) throws PosixException {
        check(callInt("rmdir", POINTER).with(raw(path, at)), "cannot remove", at);
    }

    void changeMode(byte[] at, int mode) throws PosixException {
        check(callInt("chmod", POINTER, INT).with(raw(path, at), mode), "cannot set the mode of", at);
    }

    /** Of the thing itself; -1 leaves a number as it is. */
    void changeOwner(byte[] at, int uid, int gid) throws PosixException {
        check(callInt("lchown", POINTER, INT, INT).with(raw(path, at), uid, gid), "cannot set the owner of", at);
    }

    /** Of the thing itself; the time of the last access becomes the same. */
    void changeTime(byte[] at, Instant modified) throws PosixException {
        for (long offset = 0; offset < 32; offset += 16) {
            times.set(LONG, offset, modified.getEpochSecond());
            times.set(LONG, offset + 8, modified.getNano());
        }
        int result = callInt("utimensat", INT, POINTER, POINTER, INT)
                .with(AT_FDCWD, raw(path, at), times, AT_SYMLINK_NOFOLLOW);
        check(result, "cannot set the time of", at);
    }

    // -- extended attributes

    /** All that may be read, by name (one character per byte); empty where the file system has none. */
    Map<String, byte[]> attributes(byte[] of) throws PosixException {
        long length = callLong("llistxattr", POINTER, POINTER, LONG).with(raw(path, of), values, (long) VALUES_BYTES);
        if (length < 0 && errno() == PosixException.EOPNOTSUPP) {
            return Map.of();
        }
        check(length, "cannot list the attributes of", of);
        if (length == 0) {
            return Map.of();
        }
        Map<String, byte[]> found = new TreeMap<>();
        for (String each : split(values.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE))) {
            byte[] value = attribute(of, each);
            if (value != null) {
                found.put(each, value);
            }
        }
        return found;
    }

    private static List<String> split(byte[] list) {
        List<String> names = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < list.length; i++) {
            if (list[i] == 0) {
                names.add(new String(list, from, i - from, StandardCharsets.ISO_8859_1));
                from = i + 1;
            }
        }
        return names;
    }

    private byte @Nullable [] attribute(byte[] of, String named) throws PosixException {
        long length = callLong("lgetxattr", POINTER, POINTER, POINTER, LONG)
                .with(raw(path, of), raw(name, named), values, (long) VALUES_BYTES);
        if (length < 0 && Arrays.binarySearch(NOT_READABLE, errno()) >= 0) {
            return null;
        }
        check(length, "cannot read an attribute of", of);
        return values.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    }

    /** Gone meanwhile, or of a namespace that is not for this user. */
    private static final int[] NOT_READABLE = {
        PosixException.EPERM, PosixException.EACCES, PosixException.ENODATA, PosixException.EOPNOTSUPP
    };

    void setAttribute(byte[] of, String named, byte[] value) throws PosixException {
        MemorySegment.copy(value, 0, values, ValueLayout.JAVA_BYTE, 0, value.length);
        int result = callInt("lsetxattr", POINTER, POINTER, POINTER, LONG, INT)
                .with(raw(path, of), raw(name, named), values, (long) value.length, 0);
        check(result, "cannot set attribute " + named + " of", of);
    }

    // -- users

    boolean isRoot() {
        return callInt("geteuid").with() == 0;
    }

    int user() {
        return callInt("geteuid").with();
    }

    Optional<String> userName(int uid) {
        return first(callPointer("getpwuid", INT), uid);
    }

    Optional<String> groupName(int gid) {
        return first(callPointer("getgrgid", INT), gid);
    }

    Optional<Integer> userNumber(String named) throws PosixException {
        return number(callPointer("getpwnam", POINTER), named);
    }

    Optional<Integer> groupNumber(String named) throws PosixException {
        return number(callPointer("getgrnam", POINTER), named);
    }

    /** The answers share one static buffer: one caller at a time. */
    private static Optional<String> first(Call lookup, int number) {
        synchronized (CALLS) {
            MemorySegment answer = lookup.withPointer(number);
            if (answer.address() == 0) {
                return Optional.empty();
            }
            MemorySegment text = answer.reinterpret(32).get(POINTER, 0).reinterpret(1 << 10);
            return Optional.of(text.getString(0));
        }
    }

    private Optional<Integer> number(Call lookup, String named) throws PosixException {
        synchronized (CALLS) {
            MemorySegment answer = lookup.withPointer(raw(otherPath, named.getBytes(StandardCharsets.UTF_8)));
            return answer.address() == 0
                    ? Optional.empty()
                    : Optional.of(answer.reinterpret(32).get(INT, 16));
        }
    }

    // -- calling

    private static MemorySegment raw(MemorySegment target, byte[] text) throws PosixException {
        if (text.length >= target.byteSize()) {
            throw new PosixException("cannot use", text, PosixException.ENAMETOOLONG);
        }
        for (byte b : text) {
            if (b == 0) {
                throw new PosixException("cannot use", text, PosixException.EINVAL);
            }
        }
        MemorySegment.copy(text, 0, target, ValueLayout.JAVA_BYTE, 0, text.length);
        target.set(ValueLayout.JAVA_BYTE, text.length, (byte) 0);
        return target;
    }

    private static MemorySegment raw(MemorySegment target, String text) throws PosixException {
        return raw(target, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private MemorySegment buffer() {
        MemorySegment made = buffer;
        if (made == null) {
            made = arena.allocate(BUFFER_BYTES);
            buffer = made;
        }
        return made;
    }

    private int errno() {
        return (int) ERRNO.get(state, 0L);
    }

    private void check(long result, String what, byte[] of) throws PosixException {
        if (result < 0) {
            throw new PosixException(what, of, errno());
        }
    }

    private Call callInt(String function, MemoryLayout... arguments) {
        return call(function, -1, FunctionDescriptor.of(INT, arguments));
    }

    private Call callVariadic(String function, int fixed, MemoryLayout... arguments) {
        return call(function, fixed, FunctionDescriptor.of(INT, arguments));
    }

    private LongCall callVariadicLong(String function, int fixed, MemoryLayout... arguments) {
        return new LongCall(call(function, fixed, FunctionDescriptor.of(LONG, arguments)));
    }

    private LongCall callLong(String function, MemoryLayout... arguments) {
        return new LongCall(call(function, -1, FunctionDescriptor.of(LONG, arguments)));
    }

    private Call callPointer(String function, MemoryLayout... arguments) {
        return call(function, -1, FunctionDescriptor.of(POINTER, arguments));
    }

    private Call call(String function, int firstVariadic, FunctionDescriptor descriptor) {
        MethodHandle handle = CALLS.computeIfAbsent(function, f -> link(f, firstVariadic, descriptor))
                .orElseThrow(() -> new Unsupported(
                        ErrorCode.CONFIGURATION_INVALID,
                        "the C library of this system has no '" + function + "'",
                        "Run holdfast on a newer Linux."));
        return new Call(handle, state);
    }

    private static Optional<MethodHandle> link(String function, int firstVariadic, FunctionDescriptor descriptor) {
        Linker.Option errno = Linker.Option.captureCallState("errno");
        Linker.Option[] options = firstVariadic < 0
                ? new Linker.Option[] {errno}
                : new Linker.Option[] {errno, Linker.Option.firstVariadicArg(firstVariadic)};
        return LIBC.find(function)
                .map(address -> LINKER.downcallHandle(address, descriptor, options))
                .map(handle -> handle.asSpreader(
                        1, Object[].class, descriptor.argumentLayouts().size()));
    }

    /** A function about to be called. */
    private record Call(MethodHandle handle, MemorySegment state) {
        int with(Object... arguments) {
            return (int) invoke(arguments);
        }

        MemorySegment withPointer(Object... arguments) {
            return (MemorySegment) invoke(arguments);
        }

        Object invoke(Object... arguments) {
            try {
                return handle.invoke(state, arguments);
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private record LongCall(Call call) {
        long with(Object... arguments) {
            return (long) call.invoke(arguments);
        }
    }
}
