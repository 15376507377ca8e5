package io.github.splora.regex;

/** A text that can be read only a limited number of times, which ends runaway matches. */
final class CountedText implements CharSequence {

    private static final int LONGEST_SHOWN = 100;

    private final String text;
    private long stepsLeft;
    private volatile boolean exhausted;

    CountedText(String text, long steps) {
        this.text = text;
        this.stepsLeft = steps;
    }

    /** Makes a match in another thread fail at its next read. */
    void exhaust() {
        exhausted = true;
    }

    @Override
    public char charAt(int index) {
        if (--stepsLeft < 0 || exhausted) {
            throw new TooCostlyException("takes too many steps to match '" + shown() + "'; simplify it");
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
