using System.Reflection;

namespace RoomWs.Protocol;

/// <summary>Gives a record that the server sends its wire name, so that whoever has the type has the name.</summary>
/// <param name="type">The wire name, one of <see cref="MessageTypes"/>.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class MessageAttribute(string type) : Attribute
{
    /// <summary>The wire name.</summary>
    public string Type => type;

    /// <summary>Whether it also comes when no request has led to it. The section on commands in protocol.md lists those that do.</summary>
    public bool IsUnasked { get; init; }

    /// <summary>The message in whose place a client gets this one if it has asked for it by a capability; null for none.</summary>
    public Type? InPlaceOf { get; init; }

    /// <summary>What a record says of itself.</summary>
    /// <param name="message">A type of <see cref="ServerMessage"/>.</param>
    public static MessageAttribute Of(Type message) => message.GetCustomAttribute<MessageAttribute>()
        ?? throw new ArgumentException($"{message.Name} has no wire name: put [Message] on it.", nameof(message));
}
