namespace RoomWs.Bench.Load;

/// <summary>Reassembles messages that a server sends in several frames. SignalR does so with messages larger than a page of its buffer.</summary>
internal struct Fragments
{
    private List<byte>? _bytes;

    /// <summary>Adds a frame of a text message. Returns true, with the message, if the frame is its last or only one.</summary>
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
