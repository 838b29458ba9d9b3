package dev.holdfast.connectors.files;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The name of something that is unpacked, which never leads out of the folder that it is unpacked in.
 *
 * @param segments none of them empty, {@code .} or {@code ..}; none at all for the folder itself; a character for each byte
 */
record MemberName(List<String> segments) {
    private static final int MOST_BYTES = 3000;
    private static final int MOST_SEGMENT_BYTES = 255;

    MemberName {
        segments = List.copyOf(segments);
    }

    /** Why a name is none, for people. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(String why) {
            super(why);
        }

        String why() {
            return String.valueOf(getMessage());
        }
    }

    /**
     * @throws Refused if it leads out, or is no name
     */
    static MemberName of(String raw) throws Refused {
        if (raw.isEmpty()) {
            throw new Refused("it has no name");
        }
        if (raw.startsWith("/")) {
            throw new Refused("its name is absolute");
        }
        List<String> segments = new ArrayList<>();
        for (String segment : raw.split("/", -1)) {
            if (segment.equals("..")) {
                throw new Refused("its name leads out of the folder");
            }
            if (segment.length() > MOST_SEGMENT_BYTES || raw.length() > MOST_BYTES) {
                throw new Refused("its name is too long");
            }
            if (!segment.isEmpty() && !segment.equals(".")) {
                segments.add(segment);
            }
        }
        if (raw.indexOf('\0') >= 0) {
            throw new Refused("its name has a zero in it");
        }
        return new MemberName(segments);
    }

    boolean isRoot() {
        return segments.isEmpty();
    }

    /** The folder that it is in; null for the root. */
    @Nullable
    MemberName folder() {
        return isRoot() ? null : new MemberName(segments.subList(0, segments.size() - 1));
    }

    String text() {
        return String.join("/", segments);
    }

    byte[] below(byte[] root) {
        return RawPath.join(root, text().getBytes(StandardCharsets.ISO_8859_1));
    }

    boolean isUtf8() {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text().getBytes(StandardCharsets.ISO_8859_1)));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    /**
     * Why a symbolic link of this name may not lead there. Only the first segments may go up: what goes up behind a name would go up from
     * wherever a link of that name leads.
     *
     * @param target a character for each byte
     */
    Optional<String> obstacle(String target) {
        if (target.isEmpty() || target.indexOf('\0') >= 0 || target.length() > MOST_BYTES) {
            return Optional.of("it is a link to nothing");
        }
        if (target.startsWith("/")) {
            return Optional.of("it is a link that leads out of the folder");
        }
        int up = 0;
        boolean goneDown = false;
        for (String segment : target.split("/", -1)) {
            if (segment.equals("..")) {
                up++;
                if (goneDown || up > segments.size() - 1) {
                    return Optional.of("it is a link that leads out of the folder");
                }
            } else if (!segment.isEmpty() && !segment.equals(".")) {
                goneDown = true;
            }
        }
        return Optional.empty();
    }
}
