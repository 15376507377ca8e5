package io.github.splora.regex;

/** A text that lets itself be looked at so many times and no more, which ends a match that goes round and round. */
final class CountedText implements CharSequence {

    private static final int LONGEST_SHOWN = 100;

    private final String text;
    private long stepsLeft;
    private volatile boolean exhausted;

    CountedText(String text, long steps) {
        this.text = text;
        this.stepsLeft = steps;
    }

    /** Ends a match that goes on in another thread at its next look. */
    void exhaust() {
        exhausted = true;
    }

    @Override
    public char charAt(int index) {
        if (--stepsLeft < 0 || exhausted) {
            throw new TooCostlyException("takes too many steps to match '" + shown() + "'; write it more simply");
        }
        return text.charAt(index);
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return text.subSequence(start, end);
    }

    @Override
    public String toString() {
        return text;
    }

    private String shown() {
        return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "…";
    }
}
