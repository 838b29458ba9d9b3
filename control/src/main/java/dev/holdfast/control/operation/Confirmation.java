package dev.holdfast.control.operation;

/** Asks a person before something is lost. */
@FunctionalInterface
public interface Confirmation {
    /** Nobody can be asked. */
    Confirmation REFUSED = _ -> false;

    /** It was agreed to beforehand. */
    Confirmation GIVEN = _ -> true;

    boolean given(Question question);

    /**
     * @param loss what will be lost if the answer is yes
     * @param word what the person has to type to agree
     */
    record Question(String loss, String word) {}
}
