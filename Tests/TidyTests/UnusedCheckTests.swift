import Testing

struct UnusedCheckTests {
    private func declared(_ text: String) -> [String] { DeclarationFinder.declarations(in: text).map(\.name) }

    private func unused(_ texts: String...) -> [String] {
        UnusedCheck.check(texts.map { SourceFile(path: "Sources/A/a.swift", text: $0) }).map(\.description)
    }

    @Test func findsDeclarations() {
        #expect(
            declared(
                """
                public struct Reader<Element: Sendable>: ~Copyable {
                    static let limit = 5, other = 6
                    private(set) var count: Int { 0 }
                    class func make() -> Reader { fatalError("func no()") }
                    static func == (one: Self, other: Self) -> Bool { true }
                    func `repeat`(_ times: Int) {}
                    subscript(index: Int) -> Int { 0 }
                    // func no() {}
                }
                typealias Name = String
                """) == ["Reader", "limit", "count", "make", "repeat", "Name"])
    }

    @Test func findsTheCasesOfEnums() {
        #expect(
            declared(
                """
                enum Step: Error {
                    case first, second(of: Int, [String: Int])
                    case third = 3, fourth,
                        fifth
                    indirect case sixth(Step)
                    case seventh }
                """) == ["Step", "first", "second", "third", "fourth", "fifth", "sixth", "seventh"])
    }

    @Test func aSwitchDeclaresNothing() {
        #expect(
            declared(
                """
                switch value {
                case .first, .second: break
                case EMFILE, ENFILE: break
                case 1...5, "a": break
                case is Error: break
                case _ where isOdd: break
                case UInt8(ascii: "a"): break
                case (.a, let other): break
                case let (one, two): break
                default: break
                }
                if case .open = state { return }
                guard case .some(let inner) = value else { return }
                """) == ["other", "inner"])
    }

    @Test func whatNothingUses() {
        #expect(
            unused("func used() {}\nfunc dead() {}\n", "let a = used()\nlet b = \"\\(a)\" + b.description")
                == [
                    "Sources/A/a.swift:2: dead is used by nothing"
                ])
        #expect(
            unused("enum E { case one, two }\nlet e = E.one\n_ = e") == [
                "Sources/A/a.swift:1: two is used by nothing"
            ])
        #expect(
            unused("struct Dead {} // Dead is only here") == ["Sources/A/a.swift:1: Dead is used by nothing"])
    }

    @Test func whatIsFoundByItsRawValue() {
        #expect(
            unused("enum Style { case hue0, hue1, hueless }\n_ = Style.hue0").map { $0.suffix(25) } == [
                "hueless is used by nothing".suffix(25)
            ])
    }
}
