// swift-tools-version: 6.2
import PackageDescription

// The fuzzer: the targets that the unit tests of this folder run as well, under libFuzzer. A package of its
// own, so that neither the product nor `swift build` of it knows of libFuzzer. `make fuzz` builds and runs
// it: the rooms are a library only for whoever sets POINTERSCOPE_FUZZING.
let package = Package(
    name: "fuzzing",
    dependencies: [.package(name: "pointerscope", path: "../..")],
    targets: [
        // A second reader of frames that is not ours; the unit tests have none but that in Harness.
        .systemLibrary(name: "CWslay", path: "Wslay"),
        .executableTarget(
            name: "Fuzzing",
            dependencies: [.product(name: "Rooms", package: "pointerscope"), "CWslay"],
            path: ".",
            exclude: ["Corpora", "Findings", "Wslay", "fuzz.py", "CorpusTests.swift", "HarnessTests.swift"],
            sources: ["Driver", "Harness", "Targets"],
            swiftSettings: [
                .swiftLanguageMode(.v6),
                .treatAllWarnings(as: .error),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
            ]
        ),
    ]
)
