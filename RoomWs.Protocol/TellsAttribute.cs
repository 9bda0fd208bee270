namespace RoomWs.Protocol;

/// <summary>Declares which events a request can lead to, for one group of sockets; there may be several.</summary>
/// <param name="to">Who gets them, in a few words that fit behind "to": one of <see cref="Audience"/>, or others.</param>
/// <param name="events">The events, in the order in which they come.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class TellsAttribute(string to, params Type[] events) : Attribute
{
    /// <summary>Who gets them.</summary>
    public string To => to;

    /// <summary>The events.</summary>
    public IReadOnlyList<Type> Events => events;
}

/// <summary>The groups of sockets that most events go to.</summary>
public static class Audience
{
    /// <summary>All other sockets of all members, as they are after the change.</summary>
    public const string Others = "others";

    /// <summary>The other sockets that have entered the room.</summary>
    public const string Entered = "sockets that entered";
}
