import Glibc

/// libFuzzer's own main (llvm.org/docs/LibFuzzer.html, "Using libFuzzer as a library").
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ testOneInput: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// The target that this process runs.
nonisolated(unsafe) private var current = FuzzTarget.all[0]

/// The library links against this name, and is given the function itself.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    if let complaint = current.check(UnsafeRawBufferPointer(start: data, count: count)) {
        fatalError("\(current.name): \(complaint)")
    }
    return 0
}

/// Runs the target named by FUZZ_TARGET with libFuzzer's arguments.
///
/// It is named in the environment because libFuzzer starts itself again with arguments of its own.
/// `--list` prints every target and its longest input, `--seeds FOLDER` writes the target's seeds there.
@main
struct Driver {
    static func main() {
        let arguments = CommandLine.arguments
        if arguments.dropFirst().first == "--list" {
            for target in FuzzTarget.all { print(target.name, target.longestInput) }
            return
        }
        guard let name = getenv("FUZZ_TARGET").map({ String(cString: $0) }),
            let target = FuzzTarget.named(name)
        else {
            complain("FUZZ_TARGET must name one of the targets that --list prints")
            exit(64)
        }
        current = target
        if arguments.count == 3, arguments[1] == "--seeds" {
            for (index, seed) in target.seeds().enumerated() {
                write(seed, to: "\(arguments[2])/seed-\(index)")
            }
            return
        }
        var count = CommandLine.argc
        var vector = CommandLine.unsafeArgv
        exit(runFuzzer(&count, &vector, testOneInput))
    }

    private static func complain(_ text: String) {
        let line = Array("fuzzing: \(text)\n".utf8)
        _ = line.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    private static func write(_ bytes: [UInt8], to path: String) {
        guard let file = fopen(path, "w"), fwrite(bytes, 1, bytes.count, file) == bytes.count else {
            perror(path)
            exit(74)
        }
        fclose(file)
    }
}
