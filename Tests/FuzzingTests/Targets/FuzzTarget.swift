/// One decoder, and what holds of it whatever the bytes are.
///
/// The fuzzer and the unit tests run the same `check`. A trap is a finding as well, and so is what the
/// address sanitizer sees: every decoder gets memory of exactly the bytes that it was given.
struct FuzzTarget: Sendable {
    /// As its corpus and `make fuzz` call it.
    let name: String
    /// Inputs longer than that find nothing that these do not find sooner.
    let longestInput: Int
    /// Inputs to begin with, of each kind that the decoder tells apart.
    let seeds: @Sendable () -> [[UInt8]]
    /// Decodes the input, whole and in pieces, and returns what is wrong with what came of it, or nil.
    let check: @Sendable (UnsafeRawBufferPointer) -> String?

    static let all: [FuzzTarget] = [
        .httpRequest, .httpResponse, .chunkedBody, .postRequest, .serverHandshake, .clientHandshake,
        .proxyHeader, .forwarded, .networkAddress,
        .webSocketServer, .webSocketClient, .webSocketDeflate, .deflatedMessage, .frames,
        .sampleJSON, .sampleTemplate, .wireV1, .intakeJSON, .intakeWire, .serverMessage, .pageScope, .number,
        .recording,
        .relayData, .relayControl, .relayToHub, .hubSnapshot, .movedConnection, .carried,
        .controlRequests, .controlAnswer,
        .eventStream, .lastEventID, .liveModel,
        .terminalInput, .terminalReplies, .trueColor, .safeText, .theme, .monitorSettings, .filter,
        .options, .serverURL, .publicURL, .pageTemplate, .signInAnswer, .loadWords,
        .loadRecords, .loadArrivals, .frontLines,
        .adminFile, .sessionFile, .signInForm, .lookForm, .filterForm, .cookies,
        .tokenFile, .jwt, .bearer, .identityToken, .identityClaims, .hashRecord, .phc,
        .sessionReport, .pageLinks, .dateField, .pageElements, .pagePolicy, .webAddress,
    ]

    static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}
