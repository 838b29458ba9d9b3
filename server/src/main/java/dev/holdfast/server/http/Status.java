package dev.holdfast.server.http;

import dev.holdfast.engine.error.ErrorCode;

/** Which status each situation has. */
final class Status {
    static final int BAD_REQUEST = 400;
    static final int UNAUTHORIZED = 401;
    static final int FORBIDDEN = 403;
    static final int NOT_FOUND = 404;
    static final int METHOD_NOT_ALLOWED = 405;
    static final int CONFLICT = 409;
    static final int UNPROCESSABLE = 422;
    static final int TOO_MANY = 429;
    static final int INTERNAL = 500;
    static final int UNAVAILABLE = 503;
    static final int FULL = 507;

    private Status() {}

    static int of(ErrorCode code) {
        return switch (code) {
            case USAGE, CONFIGURATION_INVALID -> BAD_REQUEST;
            case NOT_SIGNED_IN -> UNAUTHORIZED;
            case FORBIDDEN -> FORBIDDEN;
            case SNAPSHOT_MISSING, PART_MISSING, UNKNOWN_NAME -> NOT_FOUND;
            case REPOSITORY_BUSY,
                    REPOSITORY_EXISTS,
                    STORE_OBJECT_EXISTS,
                    DATABASE_EXISTS,
                    BUCKET_NOT_EMPTY,
                    DIRECTORY_NOT_EMPTY,
                    SESSION_FENCED,
                    CANCELLED,
                    NOT_CONFIRMED,
                    CONFLICT -> CONFLICT;
            case TOO_MANY_REQUESTS -> TOO_MANY;
            case CATALOG_UNAVAILABLE, SERVER_UNAVAILABLE, STORE_UNAVAILABLE, DATABASE_UNAVAILABLE, BUCKET_UNAVAILABLE ->
                UNAVAILABLE;
            case STORE_FULL -> FULL;
            case FINDINGS,
                    CONFIGURATION_MISSING,
                    SECRET_MISSING,
                    REPOSITORY_MISSING,
                    WRONG_KEY,
                    REPOSITORY_TOO_NEW,
                    DAMAGED,
                    STORE_ACCESS_DENIED,
                    STORE_UNSUITABLE,
                    STORE_OBJECT_MISSING,
                    DATABASE_ACCESS_DENIED,
                    DATABASE_MISSING,
                    DATABASE_TOOL_MISSING,
                    DATABASE_TOOL_TOO_OLD,
                    TABLE_UNREADABLE,
                    TABLE_CHANGED,
                    DATABASE_DUMP_FAILED,
                    DATABASE_RESTORE_FAILED,
                    BUCKET_MISSING,
                    BUCKET_ACCESS_DENIED,
                    OBJECT_UNREADABLE,
                    FILE_UNREADABLE,
                    DIRECTORY_MISSING,
                    FILE_UNWRITABLE,
                    DIFFERENT,
                    CHECK_FAILED,
                    RUN_MISSED,
                    RUN_ABANDONED,
                    RUN_STALLED,
                    HOOK_FAILED,
                    NOTIFICATION_FAILED -> UNPROCESSABLE;
            case INTERNAL -> INTERNAL;
        };
    }
}
