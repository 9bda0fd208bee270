namespace RoomWs.Server.Wire;

/// <summary>
/// The request's correlationId as the JSON that came in, quotes and escapes included, so that it goes back verbatim. Absent where
/// the request had none.
/// </summary>
internal readonly record struct CorrelationId(ReadOnlyMemory<byte> Json)
{
    public const int MaxLength = 128;

    public bool IsAbsent => Json.IsEmpty;

    /// <summary>A copy that outlives the receive buffer.</summary>
    public CorrelationId Keep() => IsAbsent ? this : new CorrelationId(Json.ToArray());
}
