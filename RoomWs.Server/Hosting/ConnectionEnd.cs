using RoomWs.Protocol;
using RoomWs.Server.Sessions;

namespace RoomWs.Server.Hosting;

internal enum EndedBy
{
    Server,
    Client,

    /// <summary>The connection was lost; no close frame was exchanged.</summary>
    Nobody,
}

/// <summary>How a connection ended.</summary>
/// <param name="By">Who ended it.</param>
/// <param name="Code">The close code.</param>
/// <param name="Reason">The reason for the log.</param>
internal sealed record ConnectionEnd(EndedBy By, int Code, string Reason)
{
    /// <summary>RFC 6455's code for an end without a close frame.</summary>
    private const int NoCloseFrame = 1006;

    public static readonly ConnectionEnd Lost = new(EndedBy.Nobody, NoCloseFrame, "connection lost");

    /// <summary>The client did not answer a ping within DeadSeconds.</summary>
    public static readonly ConnectionEnd Silent = new(EndedBy.Nobody, NoCloseFrame, ClientConnection.NoAnswer);

    public string ByName => By switch
    {
        EndedBy.Server => "server",
        EndedBy.Client => "client",
        _ => "nobody",
    };

    /// <summary>
    /// Whether the server closed the connection because the client broke a rule. Only these ends are logged as warnings: expired tokens and
    /// shutdowns are routine.
    /// </summary>
    public bool IsByRule => By == EndedBy.Server && Code != NoCloseFrame && (CloseCode)Code is not (CloseCode.Normal or CloseCode.GoingAway or CloseCode.TokenExpired);

    public static ConnectionEnd ByServer(Closing closing) => new(EndedBy.Server, (int)closing.Code, closing.Reason);

    /// <summary>The server ended the connection without a close frame.</summary>
    public static ConnectionEnd CutOff(string reason) => new(EndedBy.Server, NoCloseFrame, reason);

    /// <summary>The client sent a close frame. 1005 is RFC 6455's code for one without a code.</summary>
    public static ConnectionEnd ByClient(int? code) => new(EndedBy.Client, code ?? 1005, "closed by the client");
}
