namespace RoomWs.Server.Storage.Postgres;

/// <summary>Something that is called on the bus.</summary>
/// <param name="At">When it came, as a timestamp of the system.</param>
/// <param name="From">The node that called it.</param>
/// <param name="Word">What it is.</param>
/// <param name="Text">What follows.</param>
internal sealed record BusCall(long At, string From, string Word, string Text)
{
    /// <summary>The channel of its notifications.</summary>
    public const string Channel = "roomws_live";

    public const string Greeting = "hello";
    public const string Beat = "here";
    public const string Speech = "says";
    public const string Farewell = "bye";

    /// <summary>Two that are never sent: it is time to look who is silent, and this node has joined the others.</summary>
    public const string Look = "look";
    public const string Joined = "joined";

    private const string Format = "1";

    /// <summary>Writes a call as it is sent.</summary>
    public static string Write(string from, string word, string text) => $"{Format} {from} {word} {text}";

    /// <summary>Reads a call. Null if it is none, or of a format that came later.</summary>
    public static BusCall? Read(string payload, long at)
    {
        var parts = payload.Split(' ', 4);
        return parts.Length == 4 && parts[0] == Format ? new BusCall(at, parts[1], parts[2], parts[3]) : null;
    }
}
