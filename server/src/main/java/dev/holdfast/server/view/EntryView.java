package dev.holdfast.server.view;

import java.util.Map;

/**
 * A file, an object, a table, or a folder of them.
 *
 * @param key names it in other calls
 * @param name for people
 */
public record EntryView(String key, String name, String type, long bytes, Map<String, String> attributes) {}
