namespace RoomWs.Server.Wire;

/// <summary>
/// The correlationId of a request as the JSON that came in, with quotes and escapes, so that it goes back verbatim. Absent if the request had
/// none. It points into the receive buffer unless it was made by <see cref="Keep"/>.
/// </summary>
internal readonly record struct CorrelationId(ReadOnlyMemory<byte> Json)
{
    public const int MaxLength = 128;

    public bool IsAbsent => Json.IsEmpty;

    /// <summary>A copy that outlives the receive buffer.</summary>
    public CorrelationId Keep() => IsAbsent ? this : new CorrelationId(Json.ToArray());
}
