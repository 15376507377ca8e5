package io.github.splora.score;

/** The populations, as named by {@code --population}. */
public enum PopulationKind {
    TYPE("type", new TypePopulation()),
    ALL("all", new AllPopulation()),
    NULL("null", new NullPopulation());

    private final String label;
    private final Population population;

    PopulationKind(String label, Population population) {
        this.label = label;
        this.population = population;
    }

    public Population population() {
        return population;
    }

    @Override
    public String toString() {
        return label;
    }
}
