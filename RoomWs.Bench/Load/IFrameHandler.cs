namespace RoomWs.Bench.Load;

/// <summary>Handles the messages that a client receives during a measurement.</summary>
internal interface IFrameHandler
{
    /// <summary>Whether the server may close this client.</summary>
    bool ToleratesClose => false;

    /// <summary>Handles one text message. The payload is in the receive buffer, and valid only during the call.</summary>
    void Received(LoadClient client, ReadOnlySpan<byte> payload);
}
