package io.github.splora.adapter;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Expressions of a config that apply to module names. Those that are {@linkplain PlainKeys almost names} may be a million;
 * the number of others is limited, because each is matched with every module.
 */
final class PatternList {

    /** Adapters that have any have a few. */
    static final int MAX_EXPRESSIONS = 1000;

    private record Expression(int place, NameRegex regex) {}

    private final List<Expression> expressions = new ArrayList<>();
    private final PlainKeys plain;
    private final Optional<NameRegex> firstOfAll;

    private PatternList(
            List<String> texts, String before, String after, PlainKeys.End end, PythonRegex regex, String field) {
        regex.limit(texts.stream().filter(text -> !PlainKeys.isPlain(text)).count(), MAX_EXPRESSIONS, field);
        for (int place = 0; place < texts.size(); place++) {
            String text = texts.get(place);
            if (!PlainKeys.isPlain(text)) {
                expressions.add(new Expression(place, regex.compile(before, text, after, field)));
            }
        }
        this.firstOfAll = texts.stream().findFirst().map(text -> regex.compile(before, text, after, field));
        this.plain = PlainKeys.of(texts, end, () -> {
            throw regex.tooMany(texts.size(), field);
        });
    }

    /** Creates a list that matches whole names or what follows a dot, as PEFT matches the keys of a pattern. */
    static PatternList ofKeys(List<String> keys, PythonRegex regex, String field) {
        // Compile a key alone first: one such as "a)|(b" is invalid, but would compile inside the parentheses.
        regex.limit(keys.stream().filter(key -> !PlainKeys.isPlain(key)).count(), MAX_EXPRESSIONS, field);
        keys.stream().filter(key -> !PlainKeys.isPlain(key)).forEach(key -> regex.compile(key, field));
        return new PatternList(keys, "(.*\\.)?(", ")$", PlainKeys.End.NAME, regex, field);
    }

    /** Creates a list that matches modules and everything in them, as PEFT matches {@code modules_to_save}. */
    static PatternList ofModules(List<String> names, PythonRegex regex, String field) {
        return new PatternList(names, "(^|.*\\.)", "($|\\..*)", PlainKeys.End.PART, regex, field);
    }

    /** Returns the place of the first expression that matches the name. */
    Optional<Integer> first(String name) {
        refuseDoubtful(name);
        int best = plain.first(name).orElse(Integer.MAX_VALUE);
        return expressions.stream()
                .takeWhile(each -> each.place() < best)
                .filter(each -> each.regex().lookingAt(name))
                .map(Expression::place)
                .findFirst()
                .or(() -> best == Integer.MAX_VALUE ? Optional.empty() : Optional.of(best));
    }

    /** Returns the places of all expressions that match any of the names. */
    BitSet matchingAny(Collection<String> names) {
        BitSet matching = new BitSet();
        names.forEach(name -> {
            refuseDoubtful(name);
            plain.each(name, matching::set);
            expressions.stream()
                    .filter(each -> !matching.get(each.place()) && each.regex().lookingAt(name))
                    .forEach(each -> matching.set(each.place()));
        });
        return matching;
    }

    /** Refuses a name that cannot be matched for certain even with a plain key: its characters are counted differently. */
    private void refuseDoubtful(String name) {
        if (name.chars().anyMatch(c -> Character.isSurrogate((char) c))) {
            firstOfAll.ifPresent(regex -> regex.lookingAt(name));
        }
    }
}
