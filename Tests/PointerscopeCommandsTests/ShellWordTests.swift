import Testing

@testable import PointerscopeCommands

@Suite struct ShellWordTests {
    @Test(arguments: [
        ("--rate", "--rate"), ("127.0.0.1:8081", "127.0.0.1:8081"), ("a=b,c", "a=b,c"), ("", "''"),
        ("p99<50ms", "'p99<50ms'"), ("it's", #"'it'\''s'"#), ("two words", "'two words'"),
        ("$HOME", "'$HOME'"),
        ("a\nb", "'a\nb'"), ("é", "'é'"),
    ]) func quotesWhatAShellWouldChange(_ word: String, _ quoted: String) {
        #expect(ShellWord.quoted(word) == quoted)
    }
}
