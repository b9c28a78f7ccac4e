/// The keys of a line that is typed, which are those of every shell.
extension KeyTable {
    static let typing: [KeyBinding] = [
        KeyBinding(
            [.enter], .prompt, .typing, "take the filter", .takeFilter, hint: .init(word: "take", weight: 9)),
        KeyBinding(
            [.escape, .control("C"), .control("G")], .prompt, .typing, "drop it", .dropFilter,
            hint: .init(word: "drop", weight: 8)),
        KeyBinding(
            [.enter], .command, .typing, "do what the command says", .runCommand,
            hint: .init(word: "do it", weight: 9)),
        KeyBinding(
            [.tab], .command, .typing, "complete a command; again: the next", .complete,
            hint: .init(word: "complete", weight: 9)),
        KeyBinding(
            [.escape, .control("C"), .control("G")], .command, .typing, "drop it", .dropCommand,
            hint: .init(word: "drop", weight: 8)),
        KeyBinding([.left, .control("B")], .typed, .typing, "a sign to the left", .edit(.left)),
        KeyBinding([.right, .control("F")], .typed, .typing, "a sign to the right", .edit(.right)),
        KeyBinding([.home, .control("A")], .typed, .typing, "to the start", .edit(.start)),
        KeyBinding([.end, .control("E")], .typed, .typing, "to the end", .edit(.end)),
        KeyBinding(
            [.backspace, .control("H")], .typed, .typing, "remove the sign before", .edit(.removeBefore)),
        KeyBinding(
            [.delete, .control("D")], .typed, .typing, "remove the sign after", .edit(.removeAfter)),
        KeyBinding([.control("W")], .typed, .typing, "remove the word before", .edit(.removeWord)),
        KeyBinding([.control("U")], .typed, .typing, "remove all before", .edit(.clear)),
    ]
}
