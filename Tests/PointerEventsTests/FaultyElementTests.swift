import PointerEvents
import Testing

/// Where a message is wrong: the place of the first offending element.
@Suite struct FaultyElementTests {
    private static let good = #"{"id":"a","x":1,"y":2}"#

    @Test(
        arguments: [
            ("[\(good),\(good),{\"id\":\"a\",\"x\":1},5]", 2), ("[5,\(good),{}]", 0),
            ("[\(good),[\(good)]]", 1),
            ("{\"id\":\"a\"}", 0), ("5", 0), ("[\(good),\(good)x", 1), ("[\(good),{\"id\":}]", 1),
            // What is no JSON wins over what is not acceptable, and is told where it stands.
            ("[{},\(good),{\"id\"}]", 2), ("\(good)x", nil), ("[\(good)", 0), ("[\(good),]", 1),
            ("[", 0),
            ("[\(good),\(good),\(String(repeating: "[", count: 20))]", 2), ("[\(good)]", nil), ("[]", nil),
        ] as [(String, Int?)])
    func place(text: String, place: Int?) {
        var decoder = JSONPointerDecoder()
        // What the message before left behind is no part of it.
        for before in ["[1]", "[]", "[\(Self.good),1]"] {
            for text in [before, text] {
                _ = Array(text.utf8).withUnsafeBytes { decoder.decode($0) }
            }
            #expect(decoder.faultyElement == place, "\(text)")
        }
    }
}
