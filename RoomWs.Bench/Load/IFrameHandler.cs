namespace RoomWs.Bench.Load;

/// <summary>What a measurement does with the messages of a client.</summary>
internal interface IFrameHandler
{
    /// <summary>Whether the server may close this client.</summary>
    bool ToleratesClose => false;

    /// <summary>Takes one text message; it lies in the receive buffer and is gone afterwards.</summary>
    void Received(LoadClient client, ReadOnlySpan<byte> payload);
}
