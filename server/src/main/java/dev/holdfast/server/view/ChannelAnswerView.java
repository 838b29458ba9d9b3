package dev.holdfast.server.view;

import dev.holdfast.control.notify.Answer;

/** What the other side of a channel said. */
public record ChannelAnswerView(boolean taken, String said, String hint) {
    public static ChannelAnswerView of(Answer answer) {
        return switch (answer) {
            case Answer.Taken taken -> new ChannelAnswerView(true, taken.said(), "");
            case Answer.Later later -> new ChannelAnswerView(false, later.said(), "try again later.");
            case Answer.Refused refused ->
                new ChannelAnswerView(false, refused.said(), refused.hint().orElse(""));
        };
    }
}
