using System.Globalization;

namespace RoomWs.Tests.WholeServer.Nodes;

/// <summary>
/// What a client has heard of a room, over any number of connections to any nodes, and what of it cannot be: each message is the next one, each change the next
/// version, and nothing comes before what its sender had heard when it was sent. What is said tells that: <c>who n v7</c> was said by one who knew version 7,
/// and a room is renamed to <c>who n s7</c> by one who knew message 7.
/// </summary>
/// <param name="roomId">The room.</param>
/// <param name="user">Who the client is.</param>
internal sealed class HeardRoom(string roomId, string user)
{
    private bool _isPlaced;
    private bool _isReplaying;

    /// <summary>Whether it is told each version: a list of members, as it comes before HELLO is answered, may give way to a newer one.</summary>
    private bool _takesDeltas;
    private string? _jump;

    /// <summary>The changes in the order in which they came, for whoever reads a fault.</summary>
    private readonly List<string> _trail = [];

    public string RoomId => roomId;

    /// <summary>The words of each message.</summary>
    public SortedDictionary<long, string> Messages { get; } = [];

    public List<string> Faults { get; } = [];

    public long Last { get; private set; }

    /// <summary>As far as this connection was told.</summary>
    public long? Version { get; private set; }

    /// <summary>Another connection begins: its place is not known until its RESUME.</summary>
    public void Reconnect()
    {
        _trail.Add("connect");
        (_isPlaced, _takesDeltas, Version) = (false, false, null);
    }

    /// <summary>HELLO is answered, which has asked for deltas.</summary>
    public void TakeDeltas() => _takesDeltas = true;

    /// <summary>From here on each message is the next one after the place that was asked for.</summary>
    public void Resume(long after)
    {
        _trail.Add("resume");
        (_isPlaced, _isReplaying, _jump, Last) = (true, true, null, after);
    }

    /// <summary>The replay is over.</summary>
    /// <param name="isTruncated">Whether it was of the newest messages alone.</param>
    public void Resumed(bool isTruncated)
    {
        if (_jump is not null && !isTruncated) Note(_jump);
        _isReplaying = false;
    }

    public void Take(long seq, string words)
    {
        if (!_isPlaced) return;
        if (seq != Last + 1)
        {
            var jump = $"message {seq} after {Last}";
            if (_isReplaying && _jump is null && seq > Last) _jump = jump;
            else Note(jump);
        }

        if (!Messages.TryAdd(seq, words) && Messages[seq] != words) Note($"message {seq} was \"{Messages[seq]}\" and is \"{words}\"");
        Last = seq;
        if (_takesDeltas && !_isReplaying && Version < Known(words, 'v')) Note($"\"{words}\" after version {Version}");
    }

    /// <summary>The reply to a message of this client, which stands among the others' unless it was sent before.</summary>
    public void TakeOwn(long seq, string words, bool isRetry)
    {
        if (!isRetry || seq > Last) Take(seq, words);
        else if (Messages.GetValueOrDefault(seq) is var heard && heard != words) Note($"message {seq} is \"{words}\" to its sender, and was heard as \"{heard}\"");
    }

    /// <summary>A change of the room.</summary>
    /// <param name="from">The version before it.</param>
    /// <param name="version">The version after it.</param>
    /// <param name="isWhole">Whether it is the list of all members. One that waited gives way to a newer one, as before HELLO has asked for deltas.</param>
    /// <param name="name">Its name, where that was changed.</param>
    public void TakeChange(long from, long version, bool isWhole, string? name = null)
    {
        _trail.Add($"{from}-{version}{(name is null ? "" : "n")}");
        if (version <= Version || (_takesDeltas && !isWhole && from > Version)) Note($"version {version} from {from}, after {Version}");
        Version = version;
        if (_isPlaced && !_isReplaying && name is not null && Last < Known(name, 's')) Note($"\"{name}\" after message {Last}");
    }

    private void Note(string fault) => Faults.Add($"{user} in {roomId}: {fault} [{string.Join(' ', _trail.TakeLast(12))}]");

    /// <summary>The number at the end that has this letter before it.</summary>
    private static long? Known(string words, char letter) =>
        words.LastIndexOf($" {letter}", StringComparison.Ordinal) is >= 0 and var start && long.TryParse(words.AsSpan(start + 2), CultureInfo.InvariantCulture, out var number) ? number : null;
}
