/// Words as a shell takes them (POSIX.1-2017, Shell Command Language, 2.2.2).
enum ShellWord {
    /// The word as it is where no shell would change it, otherwise in single quotes.
    static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "-_./:=@%+,[]".utf8.contains(byte)
                }
            }
        if isPlain { return word }
        var text = "'"
        for sign in word { text += sign == "'" ? "'\\''" : String(sign) }
        return text + "'"
    }
}
