package dev.holdfast.control.verify;

import dev.holdfast.control.export.Checksum;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.place.FilePlace;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/** What a file should be, by what lies beside it and others say, compared with what is read of it. For one thread. */
public final class Expectations {
    private final String where;
    private final List<Expected> expected;
    private final List<String> unusable;
    private final Map<Checksum, MessageDigest> digests = new EnumMap<>(Checksum.class);

    /**
     * @param where the file is, for people
     * @param unusable what should say something of it and does not, for people
     */
    Expectations(String where, List<Expected> expected, List<String> unusable) {
        this.where = where;
        this.expected = List.copyOf(expected);
        this.unusable = List.copyOf(unusable);
    }

    /** Those of its sidecars and of a manifest. */
    public static Expectations beside(FilePlace place, FileName name) {
        Sidecars sidecars = Sidecars.of(place, name);
        return new Expectations(place.location(name), sidecars.expected(), sidecars.unusable());
    }

    /** Nobody says anything. */
    public static Expectations none(String where) {
        return new Expectations(where, List.of(), List.of());
    }

    public boolean isEmpty() {
        return expected.isEmpty();
    }

    /** What lies there and says nothing of the file, for people. */
    public List<String> unusable() {
        return unusable;
    }

    /**
     * @return whether anybody says how long it should be
     * @throws Damaged if it is not
     */
    public boolean requireLength(long bytes) {
        boolean said = false;
        for (Expected one : expected) {
            if (one.bytes().isPresent()) {
                if (one.bytes().getAsLong() != bytes) {
                    throw damaged("has " + bytes + " bytes, and " + one.source() + " says "
                            + one.bytes().getAsLong());
                }
                said = true;
            }
        }
        return said;
    }

    /**
     * Takes digests of whatever is read from now on.
     *
     * @param in from the first byte of the file
     * @param read hears how many bytes were read
     */
    public InputStream of(InputStream in, LongConsumer read) {
        digests.clear();
        expected.forEach(one -> digests.put(one.checksum(), one.checksum().newDigest()));
        return new HashedInput(in, List.copyOf(digests.values()), read);
    }

    /**
     * When it was read to its end.
     *
     * @return what holds, for people
     * @throws Damaged if a digest is another one
     */
    public List<String> compare() {
        Map<Checksum, String> actual = new EnumMap<>(Checksum.class);
        digests.forEach(
                (checksum, digest) -> actual.put(checksum, HexFormat.of().formatHex(digest.digest())));
        List<String> compared = new ArrayList<>();
        for (Expected one : expected) {
            String found = actual.get(one.checksum());
            if (!one.hex().equals(found)) {
                throw damaged(
                        "has " + one.checksum().shown() + " " + found + ", and " + one.source() + " says " + one.hex());
            }
            compared.add(one.checksum().shown() + " of " + one.source());
        }
        return compared;
    }

    /** The file is not what it should be. */
    Damaged damaged(String what) {
        return new Damaged(
                ErrorCode.DAMAGED,
                "'" + where + "' " + what,
                "take another copy of it, and look at the disk or store that it lay on.");
    }
}
