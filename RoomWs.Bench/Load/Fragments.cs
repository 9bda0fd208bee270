namespace RoomWs.Bench.Load;

/// <summary>Puts together what a server sends in several frames, as SignalR does with what is longer than a page of its buffer.</summary>
internal struct Fragments
{
    private List<byte>? _bytes;

    /// <summary>Takes a frame of a text message; true, with the message, where it is the last or the only one.</summary>
    public bool TryComplete(Frame frame, out ReadOnlySpan<byte> message)
    {
        message = frame.Payload;
        if (_bytes is null && frame.IsFinal) return true;

        (_bytes ??= []).AddRange(frame.Payload);
        if (!frame.IsFinal) return false;
        message = _bytes.ToArray();
        _bytes = null;
        return true;
    }
}
