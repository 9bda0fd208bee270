namespace RoomWs.Server.Wire;

/// <summary>
/// A frame as it leaves: its first bytes, and behind them the fields of a large message, which all frames of that message share. So the same list
/// in the replies to a hundred requests is in memory once, however many correlationIds there are.
/// </summary>
/// <param name="Head">The whole frame, or what comes before the shared fields.</param>
/// <param name="Fields">The shared fields. Null if the head is the whole frame.</param>
internal readonly record struct OutboundFrame(byte[] Head, EncodedFields? Fields = null)
{
    public int Length => Head.Length + (Fields?.Length ?? 0);

    public static implicit operator OutboundFrame(byte[] whole) => new(whole);
}

/// <summary>Bytes that end with the fields of the record and its closing brace. The fields start at <paramref name="FieldsAt"/>.</summary>
internal sealed record EncodedFields(byte[] Bytes, int FieldsAt)
{
    public int Length => Bytes.Length - FieldsAt;

    public ReadOnlySpan<byte> Span => Bytes.AsSpan(FieldsAt);

    public ReadOnlyMemory<byte> Memory => Bytes.AsMemory(FieldsAt);
}
