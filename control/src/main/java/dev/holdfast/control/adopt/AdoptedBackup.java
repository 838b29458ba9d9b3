package dev.holdfast.control.adopt;

import dev.holdfast.connectors.adopt.BackupHead.Kind;
import dev.holdfast.connectors.adopt.BackupHead.Layer;
import dev.holdfast.control.export.Checksum;
import dev.holdfast.engine.place.FileName;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A backup that another tool made.
 *
 * @param id short, and the same as long as place, name and length are
 * @param name of its file, or of the first of its files in a folder
 * @param files how many files it consists of
 * @param also other names that lead to the same content
 * @param bytes length of its files together
 * @param time when it was made
 * @param clock how that is known
 * @param database which one it shows; empty if it shows none, or nobody says
 * @param layout whose way of naming it is
 * @param kind what it is
 * @param layers what is around it, the outermost first
 * @param state whether it can be used
 * @param why why it cannot be used, where that is so
 * @param remarks what somebody should know of it
 */
public record AdoptedBackup(
        String id,
        FileName name,
        int files,
        List<FileName> also,
        long bytes,
        Instant time,
        Clock clock,
        Optional<String> database,
        Layout layout,
        Kind kind,
        List<Layer> layers,
        State state,
        String why,
        List<String> remarks) {
    private static final int ID_LENGTH = 10;

    /** How it is known when a backup was made. */
    public enum Clock {
        NAME("name"),
        CONTENT("content"),
        MODIFIED("modified");

        private final String label;

        Clock(String label) {
            this.label = label;
        }

        /** For people. */
        public String label() {
            return label;
        }
    }

    /** Whether it can be used. */
    public enum State {
        /** It begins as it should; nobody has read the rest. */
        UNPROVEN("unproven"),
        /** Nobody looked into it. */
        UNSEEN("unseen"),
        /** Nothing that is given opens it. */
        LOCKED("locked"),
        UNUSABLE("unusable");

        private final String label;

        State(String label) {
            this.label = label;
        }

        /** For people. */
        public String label() {
            return label;
        }
    }

    public AdoptedBackup {
        also = List.copyOf(also);
        layers = List.copyOf(layers);
        remarks = List.copyOf(remarks);
    }

    AdoptedBackup with(List<FileName> otherNames) {
        return new AdoptedBackup(
                id, name, files, otherNames, bytes, time, clock, database, layout, kind, layers, state, why, remarks);
    }

    /** Whether it may be restored, as far as is known. */
    public boolean isUsable() {
        return switch (state) {
            case UNPROVEN, UNSEEN -> true;
            case LOCKED, UNUSABLE -> false;
        };
    }

    /** The id of a file. */
    static String id(String place, FileName name, long bytes) {
        byte[] digest = Checksum.SHA256
                .newDigest()
                .digest((place + '\0' + name + '\0' + bytes).getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest).substring(0, ID_LENGTH);
    }
}
