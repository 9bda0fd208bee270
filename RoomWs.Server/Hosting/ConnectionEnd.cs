using RoomWs.Protocol;

namespace RoomWs.Server.Hosting;

internal enum EndedBy
{
    Server,
    Client,

    /// <summary>The connection was lost.</summary>
    Nobody,
}

/// <summary>How a connection ended.</summary>
/// <param name="By">Who ended it.</param>
/// <param name="Code">The close code.</param>
/// <param name="Reason">Why; empty where only the client knows.</param>
internal sealed record ConnectionEnd(EndedBy By, int Code, string Reason)
{
    /// <summary>What RFC 6455 has for an end without a close frame.</summary>
    public static readonly ConnectionEnd Lost = new(EndedBy.Nobody, 1006, "connection lost");

    /// <summary>Its pings went unanswered.</summary>
    public static readonly ConnectionEnd Silent = new(EndedBy.Nobody, 1006, "no answer to a ping");

    public string ByName => By switch
    {
        EndedBy.Server => "server",
        EndedBy.Client => "client",
        _ => "nobody",
    };

    /// <summary>Whether the client broke a rule: what an operator may have to do something about. Tokens expire and servers stop every day.</summary>
    public bool IsByRule => By == EndedBy.Server && (CloseCode)Code is not (CloseCode.Normal or CloseCode.GoingAway or CloseCode.TokenExpired);

    public static ConnectionEnd ByServer((CloseCode Code, string Reason) closing) => new(EndedBy.Server, (int)closing.Code, closing.Reason);

    /// <summary>By a close frame of the client; 1005 stands for one without a code.</summary>
    public static ConnectionEnd ByClient(int? code) => new(EndedBy.Client, code ?? 1005, "closed by the client");
}
